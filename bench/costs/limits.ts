import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Check } from '../expectations.ts';
import type { Api } from './api.ts';
import { callTool } from './call.ts';
import { type Cost, type Kind, Meter } from './meter.ts';
import { startReplica, tokenOf, writeTokensFile } from './replica.ts';

/** Limit of a caller; an address may have ten times as many refused sign-ins in a minute. */
const PER_MINUTE = 5;

/** Maximum number of open connections. */
const CONNECTIONS = 32;

/** Minimum share of the calls of a run that are beyond a limit: when a minute ends in it, the limit begins anew. */
const BEYOND = 0.8;

/** Measures what a request costs that a limit refuses, and checks that a caller accepted before gets responses meanwhile. */
export async function measureLimits(api: Api, runs: number, calls: number, check: Check): Promise<readonly Cost[]> {
  const tokens = writeTokensFile(['steady', 'loud']);
  const replica = await startReplica(api, {
    AIVEN_CMK_HTTP_TOKENS_FILE: tokens.path,
    AIVEN_CMK_HTTP_PER_MINUTE: String(PER_MINUTE),
    AIVEN_CMK_HTTP_CONNECTIONS: String(CONNECTIONS),
  });
  const { origin, child } = replica;
  const list = async (caller: string) =>
    (await callTool(origin, tokenOf(caller), 'aiven_cmk_list', { project: 'keys-4' })).status;
  try {
    check((await list('steady')) === 200, 'a caller within its limits gets a response');
    const flood = (name: string, caller: string, within: number): Kind & { statuses: number[] } => {
      const statuses: number[] = [];
      return {
        name,
        calls,
        statuses,
        async prepare() {
          for (let call = 0; call < within; call += 1) await list(caller);
        },
        call: async () => void statuses.push(await list(caller)),
      };
    };
    const kinds = [
      flood('429: wrong credentials beyond the limit of an address', 'nobody', 10 * PER_MINUTE),
      flood('429: a caller beyond its limit', 'loud', PER_MINUTE),
    ];
    const meter = new Meter(child.pid);
    const costs = await meter.measure(kinds, runs);
    for (const { name, statuses } of kinds) {
      const beyond = statuses.filter((status) => status === 429).length;
      check(beyond >= BEYOND * statuses.length, `a limit refuses (${name})`);
    }
    check((await list('steady')) === 200, 'a flood keeps no caller out whose credential was accepted before');
    return [...costs, ...(await measureConnections(meter, origin, runs, calls))];
  } finally {
    await replica.stop();
    tokens.remove();
  }
}

/** Measures connections beyond the maximum, which are closed at once. */
async function measureConnections(meter: Meter, origin: string, runs: number, calls: number): Promise<readonly Cost[]> {
  const port = Number(new URL(origin).port);
  const open = Array.from({ length: CONNECTIONS }, () => connect(port, '127.0.0.1').on('error', () => {}));
  try {
    await Promise.all(open.map(connected));
    const kind: Kind = {
      name: 'a connection beyond the maximum, closed at once',
      calls,
      async call() {
        const socket = connect(port, '127.0.0.1').on('error', () => {});
        await once(socket.resume(), 'close');
      },
    };
    return await meter.measure([kind], runs);
  } finally {
    for (const socket of open) socket.destroy();
  }
}

/** Resolves when a socket is connected, or closed because others took all connections. */
function connected(socket: Socket): Promise<unknown> {
  return Promise.race([once(socket, 'connect'), once(socket, 'close')]);
}
