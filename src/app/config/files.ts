// Loaded only where a setting names a file: the import of node:fs takes 2 ms of a start.
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { CmkError } from '../../core/errors.ts';
import { invalidSetting } from './invalid-setting.ts';

/** Returns the text of the file that a setting names, trimmed. @throws CmkError `invalid_settings` if it cannot be read. */
export function readText(name: string, file: string): string {
  return access(name, () => {
    requireFile(name, file);
    return readFileSync(file, 'utf8').trim();
  });
}

/** Returns the content of a file of at most `max` bytes. @throws CmkError `invalid_settings` if it cannot be read or is larger. */
export function readBytes(name: string, file: string, max: number): Uint8Array {
  return access(name, () => {
    requireFile(name, file);
    if (statSync(file).size > max)
      throw invalidSetting(name, `names a file of over ${max} bytes`, 'it takes a smaller one');
    return readFileSync(file);
  });
}

/**
 * Mode bits of a secret's file that are reported: read by others, write by group or others. Read by the group is not
 * reported: Kubernetes (`fsGroup`) and Docker use it for a user that is neither root nor the owner.
 */
const TOO_OPEN = 0o026;

/** Mode bits that are reported of a file that holds no secret. */
export const CHANGEABLE = 0o022;

/** Returns a warning for a secret's file that other users can read or change; none on Windows, which has no mode bits. */
export function accessWarning(name: string, file: string, tooOpen = TOO_OPEN): readonly string[] {
  const mode = statSync(file).mode & 0o777;
  if (process.platform === 'win32' || (mode & tooOpen) === 0) return [];
  const what = mode & tooOpen & 0o004 ? 'can be read by every user of this machine' : 'can be changed by other users';
  const fix = 'chmod 600, or defaultMode 0440 in a Kubernetes volume';
  return [`${name} names a file that ${what} (mode 0${mode.toString(8).padStart(3, '0')}): ${fix}.`];
}

/** Checks that the file a setting names can be appended to, and creates it for its owner only. @throws CmkError `invalid_settings` */
export function requireAppendable(name: string, file: string): void {
  access(name, () => {
    if (existsSync(file)) requireFile(name, file);
    closeSync(openSync(file, 'a', 0o600));
  });
}

/** Refuses a folder, a device or a pipe before it is opened: opening it may block. @throws CmkError `invalid_settings` */
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
