import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '../child.ts';
import { openStdio } from '../clients.ts';

/** What the program loads from its package until it has answered `tools/list` over stdio and its input ends. */
export interface StartCounts {
  readonly modules: number;
  /** Sizes of these modules by name, without the hash in it, in bytes. Modules of one name share an entry. */
  readonly bytes: Readonly<Record<string, number>>;
}

/** The part of V8's coverage report that names what was loaded. */
interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/**
 * Starts a program, lists its tools, ends its input, and counts the modules that V8 reports as loaded (`NODE_V8_COVERAGE`).
 * Node's own modules do not count: they differ between its versions. @throws Error if the program fails or reports nothing.
 */
export async function countStart(program: string): Promise<StartCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-coverage-'));
  try {
    await listTools(program, { NODE_V8_COVERAGE: folder });
    const files = loadedFrom(dirname(program), folder);
    const bytes: Record<string, number> = {};
    for (const file of files) {
      const name = basename(file).replace(/(?:-[\w-]{8})?\.js$/, '');
      bytes[name] = (bytes[name] ?? 0) + statSync(file).size;
    }
    return { modules: files.length, bytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function listTools(program: string, env: Record<string, string>): Promise<void> {
  const child = start({ args: [program], env: { AIVEN_TOKEN: 'bench-token', CI: 'true', ...env } });
  child.stderr.resume();
  const exited = once(child, 'exit');
  const ended = exited.then(([code]) => Promise.reject(new Error(`The program ended early, with ${code}.`)));
  const list = async () => (await openStdio(child)).request('tools/list', {});
  try {
    const { error } = await Promise.race([list(), ended]);
    if (error) throw new Error(`tools/list failed: ${JSON.stringify(error)}`);
  } finally {
    ended.catch(() => {}); // Its end is expected from here.
    child.stdin.end();
    await exited;
  }
}

/** Returns the files under `dist` that a report names, sorted. */
function loadedFrom(dist: string, folder: string): string[] {
  const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Coverage);
  const urls = reports.flatMap(({ result }) => result.map(({ url }) => url)).filter((url) => url.startsWith('file:'));
  const files = [...new Set(urls.map((url) => fileURLToPath(url)))].filter((file) => dirname(file) === dist).sort();
  if (files.length === 0) throw new Error('V8 reported no module of the program.');
  return files;
}
