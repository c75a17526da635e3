import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { EXPLAINED, type Explained } from './explained.ts';

/** What is needed here of a report (mutation-testing-report-schema). */
interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  /** Both begin with 1. */
  readonly line: number;
  readonly column: number;
}

// Arguments go to Stryker: `npm run test:mutants -- --mutate src/guard/projects.ts` looks at one file.
const args = process.argv.slice(2);
const stryker = ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', 'test/mutants/stryker.config.json'];
const { status } = spawnSync(process.execPath, [...stryker, ...args], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const report: Report = JSON.parse(readFileSync('.reports/mutants.json', 'utf8'));
const survivors = Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
  mutants
    .filter((mutant) => mutant.status === 'Survived' || mutant.status === 'NoCoverage')
    .map(({ location, replacement = '' }) => ({
      file,
      line: location.start.line,
      code: cut(source, location),
      replacement,
    })),
);
const isSame = (one: Omit<Explained, 'why'>, other: Omit<Explained, 'why'>) =>
  one.file === other.file && one.code === other.code && one.replacement === other.replacement;
const unexplained = survivors.filter((mutant) => !EXPLAINED.some((each) => isSame(each, mutant)));
const stale = EXPLAINED.filter(({ file }) => file in report.files).filter(
  (each) => !survivors.some((mutant) => isSame(each, mutant)),
);

print(
  '\nThe table for docs/security.md:\n\n| File | Mutants | Killed | Timed out | Survived, explained |\n|---|---|---|---|---|',
);
for (const [file, { mutants }] of Object.entries(report.files)) {
  const count = (...statuses: string[]) => mutants.filter((mutant) => statuses.includes(mutant.status)).length;
  const killed = count('Killed', 'RuntimeError');
  const explained = survivors.filter((mutant) => mutant.file === file && !unexplained.includes(mutant)).length;
  print(`| \`${file}\` | ${mutants.length} | ${killed} | ${count('Timeout')} | ${explained} |`);
}
for (const { file, line, code, replacement } of unexplained)
  print(`\nSurvived without an explanation: ${file}:${line}\n- ${code}\n+ ${replacement}`);
for (const { file, code } of stale) print(`\nExplained, but survives no more: ${file}\n- ${code}`);
process.exitCode = unexplained.length + stale.length > 0 ? 1 : 0;

/** The code at a place in a file. */
function cut(source: string, { start, end }: Mutant['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
    .join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
