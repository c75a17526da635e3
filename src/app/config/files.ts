// Loaded only where a setting names a file: the import of node:fs takes 2 ms of a start.
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { CmkError } from '../../core/errors.ts';
import { invalidSetting } from './invalid-setting.ts';

/** The text of the file that a setting names, without white space around it. @throws CmkError when it cannot be read. */
export function readText(name: string, file: string): string {
  return access(name, () => {
    requireFile(name, file);
    return readFileSync(file, 'utf8').trim();
  });
}

/** That the file a setting names can be appended to; makes it, for its owner alone. @throws CmkError when it cannot be. */
export function requireAppendable(name: string, file: string): void {
  access(name, () => {
    if (existsSync(file)) requireFile(name, file);
    closeSync(openSync(file, 'a', 0o600));
  });
}

/** A folder, a device or a pipe is refused before it is opened: that may block, or never flush. */
function requireFile(name: string, file: string): void {
  if (!statSync(file).isFile()) throw invalidSetting(name, 'names no regular file', 'it takes the path of one');
}

function access<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    if (cause instanceof CmkError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no access';
    throw invalidSetting(
      name,
      `names a file that cannot be used (${code})`,
      'it takes the path of a file that this user may use; ~ is not expanded',
    );
  }
}
