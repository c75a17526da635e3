import type { Fetch } from '../fetch/fetch.ts';
import { type Faults, withFaults } from './faults.ts';

/** Returns a sandbox as a `Fetch`, which keeps its state in a file if one is given; its code is loaded at the first request. */
export function openSandbox(faults: Faults, file?: string): Fetch {
  let sandbox: Promise<Fetch> | undefined;
  return withFaults(async (request) => {
    sandbox ??= load(file);
    return (await sandbox)(request);
  }, faults);
}

async function load(file: string | undefined): Promise<Fetch> {
  const { createSandbox } = await import('./api.ts');
  if (file === undefined) return createSandbox();
  const { FileState } = await import('./state-file.ts');
  return createSandbox(new FileState(file));
}
