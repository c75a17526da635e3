import { type Issuer, startIssuer } from '../../test/fixtures/issuer.ts';
import { peakMib } from '../child.ts';
import type { Check } from '../expectations.ts';
import type { Api } from './api.ts';
import { callTool, succeed } from './call.ts';
import { type Cost, type Kind, Meter } from './meter.ts';
import { type MeasuredReplica, NO_LIMITS, type Start, startReplicas, tokenOf, writeTokensFile } from './replica.ts';

/** What was measured of a replica without a shared store. */
export interface ReadCosts {
  readonly costs: readonly Cost[];
  readonly starts: readonly Start[];
  /** Largest memory of the replica, in MiB. */
  readonly peakMib: number;
}

/** Time until a token of the load expires, in seconds. */
const VALID_S = 3_600;

/** Minimum time between two requests for the issuer's keys, in milliseconds, as the server keeps it. */
const KEYS_COOLDOWN_MS = 1_000;

/** Measures reads, and credentials that are refused, on a replica with static tokens and an issuer. No limit is reached. */
export async function measureReads(api: Api, runs: number, calls: number, check: Check): Promise<ReadCosts> {
  const [issuer, stranger] = await Promise.all([startIssuer({ alg: 'RS256' }), startIssuer({ alg: 'RS256' })]);
  const tokens = writeTokensFile(['reader']);
  let replica: MeasuredReplica | undefined;
  try {
    const env = { ...NO_LIMITS, ...issuer.env, AIVEN_CMK_HTTP_TOKENS_FILE: tokens.path };
    const started = await startReplicas(runs, api, env);
    replica = started.replica;
    const { origin, child } = replica;
    const began = performance.now();
    const kinds = [
      ...(await readKinds(origin, issuer, calls)),
      ...(await refusedKinds(origin, issuer, stranger, calls)),
    ];
    const costs = await new Meter(child.pid).measure(kinds, runs);
    // One request when the issuer is first needed, and then one a cooldown at most, whatever tokens name.
    const allowed = 2 + (performance.now() - began) / KEYS_COOLDOWN_MS;
    check(
      issuer.fetched.keys <= allowed,
      'a flood of tokens with an unknown key asks the issuer once a second at most',
    );
    return { costs, starts: started.starts, peakMib: peakMib(child.pid) };
  } finally {
    await replica?.stop();
    await Promise.all([issuer.close(), stranger.close()]);
    tokens.remove();
  }
}

async function readKinds(origin: string, issuer: Issuer, calls: number): Promise<Kind[]> {
  const token = tokenOf('reader');
  const person = await issuer.token(lasting());
  const { cmks } = await succeed(origin, token, 'aiven_cmk_list', { project: 'sandbox' });
  const [first] = cmks as readonly { readonly id: string }[]; // As the tool's output schema says.
  const get = { project: 'sandbox', cmk_id: first?.id, include_services: true };
  const read = (name: string, credential: string, tool: string, args: object, share = 1): Kind => ({
    name,
    calls: Math.ceil(calls * share),
    call: async () => void (await succeed(origin, credential, tool, args)),
  });
  return [
    read('list of 4 keys, static token', token, 'aiven_cmk_list', { project: 'keys-4' }),
    read('list of 4 keys, token of an issuer (RS256)', person, 'aiven_cmk_list', { project: 'keys-4' }),
    read('list of 1,000 keys', token, 'aiven_cmk_list', { project: 'keys-1000' }, 0.1),
    read('a key with its services', token, 'aiven_cmk_get', get),
  ];
}

async function refusedKinds(origin: string, issuer: Issuer, stranger: Issuer, calls: number): Promise<Kind[]> {
  const claims = lasting({ iss: issuer.url });
  const refused = (name: string, credential: string): Kind => ({
    name: `401: ${name}`,
    calls,
    async call() {
      const { status } = await callTool(origin, credential, 'aiven_cmk_list', { project: 'keys-4' });
      if (status !== 401) throw new Error(`A wrong credential got ${status}: ${name}.`);
    },
  });
  return [
    refused('a token that nobody has', tokenOf('nobody')),
    refused('an expired token of the issuer', await issuer.token({ exp: seconds() - 3_600 })),
    refused('a token with a forged signature', await stranger.token(claims)),
    refused('a token with an unknown key', await stranger.token(claims, { kid: 'unknown' })),
  ];
}

function lasting(claims: object = {}): object {
  return { exp: seconds() + VALID_S, ...claims };
}

function seconds(): number {
  return Math.floor(Date.now() / 1_000);
}
