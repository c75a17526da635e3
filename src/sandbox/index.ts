import type { Fetch } from '../aiven/send.ts';
import { type Faults, withFaults } from './faults.ts';

/** The one token the sandbox accepts. */
export const SANDBOX_TOKEN = 'sandbox-token';

/** A sandbox as a `fetch`, loaded when it is first asked. */
export function openSandbox(faults: Faults): Fetch {
  let sandbox: Promise<Fetch> | undefined;
  return withFaults(async (request) => {
    sandbox ??= import('./api.ts').then(({ createSandbox }) => createSandbox());
    return (await sandbox)(request);
  }, faults);
}
