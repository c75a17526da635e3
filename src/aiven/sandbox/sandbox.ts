import type { Fetch } from '../fetch/fetch.ts';
import { type Faults, withFaults } from './faults.ts';

/** Returns a sandbox as a `Fetch`; its code is loaded at the first request. */
export function openSandbox(faults: Faults): Fetch {
  let sandbox: Promise<Fetch> | undefined;
  return withFaults(async (request) => {
    sandbox ??= import('./api.ts').then(({ createSandbox }) => createSandbox());
    return (await sandbox)(request);
  }, faults);
}
