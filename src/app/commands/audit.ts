import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { sanitize } from '../../core/sanitize.ts';
import { SigningKey } from '../../guard/approval/signing-key.ts';
import type { Finding, Report } from '../../telemetry/audit-findings.ts';
import { AuditVerifier } from '../../telemetry/audit-verifier.ts';
import type { AuditVerification } from '../config/audit-command.ts';
import type { Terminal } from '../wiring.ts';

/** Maximum length of a line that is kept, in bytes; a longer one is no audit line. */
const LINE_MAX = 1024 * 1024;

/** Exit code if a file cannot be read. */
const EXIT_UNREADABLE = 2;

const LINE_BREAK = 0x0a;

/** Verifies audit files and prints the result. Resolves with the exit code: 0 whole, 1 broken, 2 if a file cannot be read. */
export async function verifyAudit(
  { files, keys, expected, isPartial, json }: AuditVerification,
  { print, log }: Terminal,
): Promise<number> {
  const verifier = new AuditVerifier({ keys: keys.map(SigningKey.forAudit), expected, isPartial });
  for (const file of files) {
    try {
      await readFile(file, verifier);
    } catch (error) {
      log(`audit: ${show(file)} cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`);
      return EXIT_UNREADABLE;
    }
  }
  const report = verifier.finish();
  print(json ? JSON.stringify(report, null, 2) : toText(report, files.length));
  return report.whole ? 0 : 1;
}

/** Reads a file, decompressed if its name ends in `.gz`, in constant memory. @throws Error if it cannot be read */
async function readFile(file: string, verifier: AuditVerifier): Promise<void> {
  verifier.startFile(file);
  const read = async (chunks: AsyncIterable<Buffer>) => {
    let rest: Buffer[] = [];
    let length = 0;
    const keep = (bytes: Buffer) => {
      if (length <= LINE_MAX) rest.push(bytes);
      length += bytes.length;
    };
    for await (const chunk of chunks) {
      let start = 0;
      for (let at = chunk.indexOf(LINE_BREAK); at !== -1; at = chunk.indexOf(LINE_BREAK, start)) {
        keep(chunk.subarray(start, at));
        verifier.add(rest.length === 1 && rest[0] ? rest[0] : Buffer.concat(rest), false);
        [rest, length, start] = [[], 0, at + 1];
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    }
    if (length > 0) verifier.add(Buffer.concat(rest), true);
  };
  const source = createReadStream(file);
  if (file.endsWith('.gz')) await pipeline(source, createGunzip(), read);
  else await pipeline(source, read);
}

function toText({ whole, lines, chains, signed, count, problems, notes, ends }: Report, files: number): string {
  const what = `${plural(lines, 'line')} of ${plural(chains, 'chain')} in ${plural(files, 'file')}, ${signed} signed by the key`;
  const more = count > problems.length ? [`FAIL  and ${count - problems.length} more`] : [];
  const anchors = ends.map((end) => `end   ${at(end)}: keep --expect ${end.seq}:${end.hash}`);
  return [
    ...problems.map((finding) => `FAIL  ${at(finding)}: ${finding.text}`),
    ...more,
    ...notes.map((finding) => `note  ${at(finding)}: ${finding.text}`),
    ...anchors,
    whole ? `whole: ${what}` : `broken: ${plural(count, 'problem')} in ${what}`,
  ].join('\n');
}

function at({ file, line, chain, seq }: Omit<Finding, 'text'>): string {
  return `${show(file)}:${line}${chain === undefined ? '' : ` (chain ${chain}, seq ${seq})`}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function show(file: string): string {
  return sanitize(file, 400);
}
