import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));

/** Maximum size of a file, in bytes. */
const BYTES_MAX = 60_000;

/**
 * Writes a screenshot into `docs/images/`, which `pngquant` makes small.
 * @throws Error if that is not installed, or the file is larger than allowed
 */
export function saveShot(name: string, input: Buffer): void {
  const { stdout, error, status, stderr } = spawnSync('pngquant', ['--strip', '--nofs', '--speed', '1', '32', '-'], {
    input,
  });
  if (error) throw new Error('pngquant is missing: install the package of that name.', { cause: error });
  if (status !== 0) throw new Error(`pngquant ended with ${status}: ${stderr}`);
  if (stdout.length > BYTES_MAX) throw new Error(`${name}.png has ${stdout.length} bytes, more than ${BYTES_MAX}.`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}${name}.png`, stdout);
  process.stdout.write(`docs/images/${name}.png ${stdout.length} bytes\n`);
}
