import './zod-jitless.ts';
import { StateError } from '../aiven/sandbox/state.ts';
import { FileState } from '../aiven/sandbox/state-file.ts';
import { invalidSetting } from './config/invalid-setting.ts';

/** Checks that a file can keep a sandbox, and creates it if there is none. @throws CmkError `invalid_settings` */
export async function checkSandboxState(file: string): Promise<void> {
  try {
    await new FileState(file).use(() => {});
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw invalidSetting('--state', 'cannot be used', error.message);
  }
}
