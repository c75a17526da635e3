import { FAULTS, type Faults } from '../../aiven/sandbox/faults.ts';
import { filePath, yesOrNo } from './parsers.ts';

/** Settings of the sandbox; they are flags only, so that no server uses it unseen. */
export const SANDBOX_SETTINGS = {
  sandbox: {
    flag: 'sandbox',
    help: 'use a CMK API in memory: no token, no network, project "sandbox"',
    ...yesOrNo(),
  },
  sandboxFaults: {
    flag: 'sandbox-faults',
    value: 'LIST',
    help: 'simulate faults in the sandbox: latency=MS and shares of requests, such as latency=200,429=0.1,500=0.1,lost=0.1',
    accepts: 'a comma-separated list of latency=MS (0 to 60000), 429=SHARE, 500=SHARE, lost=SHARE, shares from 0 to 1',
    fallback: {} as Faults,
    parse: ([text = '']: readonly string[]) => readFaults(text),
  },
  sandboxState: {
    flag: 'state',
    value: 'FILE',
    help: 'keep the sandbox in a file between calls; several programs may use it at once',
    ...filePath(),
  },
};

function readFaults(text: string): Faults | undefined {
  const faults: Partial<Record<(typeof FAULTS)[number], number>> = {};
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.trim().split('=');
    const fault = FAULTS.find((known) => known === name);
    const number = /^\d{1,5}(?:\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
    if (!fault || !(number <= (fault === 'latency' ? 60_000 : 1))) return undefined;
    faults[fault] = number;
  }
  return faults;
}
