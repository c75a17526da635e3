import { describe, expect, it } from 'vitest';
import { CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { ID, looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe.each(CLIENTS)('without a collector, through $title', ({ open }) => {
  const api = apiForSuite();

  it('the audit log names the trace of a client that sent one, and the API is sent none', async () => {
    const client = await open({ env: { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin } });
    const { project, seen } = api.scene(looks);
    const call = { name: 'aiven_cmk_get', arguments: { project, cmk_id: ID } };
    await client.sdk.callTool({ ...call, _meta: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } });
    await client.sdk.callTool({ ...call, _meta: { traceparent: `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01` } });
    await client.sdk.callTool(call);
    await client.close();
    expect(client.audit().map(({ trace_id }) => trace_id)).toStrictEqual([TRACE, undefined, undefined]);
    for (const { headers } of seen) expect(headers).not.toHaveProperty('traceparent');
  });
});
