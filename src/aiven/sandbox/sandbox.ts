import type { Fetch } from '../fetch/node.ts';
import { type Faults, withFaults } from './faults.ts';

/** A sandbox as a `fetch`, loaded when it is first asked. */
export function openSandbox(faults: Faults): Fetch {
  let sandbox: Promise<Fetch> | undefined;
  return withFaults(async (request) => {
    sandbox ??= import('./api.ts').then(({ createSandbox }) => createSandbox());
    return (await sandbox)(request);
  }, faults);
}
