import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { HTTP_CLIENTS, post } from '../fixtures/http-harness.ts';
import { startIssuer } from '../fixtures/issuer.ts';
import { toOutcome } from '../fixtures/outcome.ts';
import {
  APPROVE,
  DECLINE,
  deletable,
  firstProgress,
  type PageServer,
  pendingOf,
  person,
  startPageServer,
} from '../fixtures/page-server.ts';
import { modernCall } from '../fixtures/raw.ts';
import { ID } from '../fixtures/scripted-api.ts';
import { apiForSuite, forSuite } from '../fixtures/suite.ts';

const argumentsFor = (project: string) => ({ project, cmk_id: ID, confirm_cmk_id: ID });

const api = apiForSuite();
const issuer = forSuite(startIssuer);
let server: PageServer;
afterEach(() => server.stop());

/** How long a repeated call waits at most is a share of this. */
const QUICK = { AIVEN_CMK_DEADLINE_MS: '2000' };

describe.each(['page', 'auto', 'required'])('where a page is set up, with --approval %s', (mode) => {
  it.each(HTTP_CLIENTS)('a form is neither sent nor believed, through $title', async ({ connect }) => {
    server = await startPageServer(issuer, api.origin, { AIVEN_CMK_APPROVAL: mode });
    const scene = api.scene(deletable());
    let asked = 0;
    const human = () => {
      asked += 1;
      return { action: 'accept' as const, content: { cmk_id: ID } };
    };
    const client = await connect(server.origin, { token: await issuer.token(), human });
    const { id } = pendingOf(await client.call('aiven_cmk_delete', argumentsFor(scene.project)));
    const { onprogress, heard } = firstProgress();
    const repeated = client.call('aiven_cmk_delete', argumentsFor(scene.project), { onprogress });
    await heard;
    await server.decisions.withdraw(id, person(issuer, 'ada'));
    expect((await repeated).error?.code).toBe('approval_withdrawn');
    expect([asked, scene.writes()]).toStrictEqual([0, []]);
    await client.close();
  });
});

describe('an answer that a client makes up', () => {
  const post2026 = async (project: string, round: object) => {
    const params = modernCall('aiven_cmk_delete', argumentsFor(project), round);
    const headers = {
      authorization: `Bearer ${await issuer.token()}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'aiven_cmk_delete',
    };
    const { message } = await post(server.origin, { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, headers);
    return { payload: (message().result as { structuredContent: Record<string, unknown> }).structuredContent };
  };

  it('approves nothing, whatever it holds', async () => {
    server = await startPageServer(issuer, api.origin, QUICK);
    const scene = api.scene(deletable());
    const accept = { action: 'accept', content: { cmk_id: ID, approved: true } };
    const { id } = pendingOf(await post2026(scene.project, { inputResponses: { approval: accept } }));
    const rounds = [id, 'x', undefined].map((requestState) =>
      post2026(scene.project, { inputResponses: { approval: accept }, ...(requestState && { requestState }) }),
    );
    for (const round of await Promise.all(rounds)) expect(pendingOf(round).id).toBe(id);
    expect(scene.writes()).toStrictEqual([]);
  });
});

describe('a client of 2026 that can open a page for its person', () => {
  async function call(
    project: string,
    action: 'accept' | 'decline' | 'cancel',
    opened: (url: string) => unknown = () => {},
  ) {
    const capabilities = { elicitation: { url: {} } };
    const negotiation = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
    const client = new Client({ name: 'test', version: '1' }, { capabilities, ...negotiation });
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      await opened('url' in params ? String(params.url) : '');
      return { action };
    });
    const requestInit = { headers: { authorization: `Bearer ${await issuer.token()}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.origin), { requestInit }));
    const result = await client.callTool({ name: 'aiven_cmk_delete', arguments: argumentsFor(project) });
    await client.close();
    return toOutcome(result);
  }
  const events = () => server.audit().flatMap(({ event }) => (/^approval_/.test(String(event)) ? [event] : []));

  it('approves nothing by opening it', async () => {
    server = await startPageServer(issuer, api.origin, QUICK);
    const scene = api.scene(deletable());
    const urls: string[] = [];
    const { url } = pendingOf(await call(scene.project, 'accept', (opened) => urls.push(opened)));
    expect(urls).toStrictEqual([url]);
    expect(scene.writes()).toStrictEqual([]);
  });

  it('has its call done once the person approved there', async () => {
    server = await startPageServer(issuer, api.origin);
    const scene = api.scene(deletable());
    const { payload } = await call(scene.project, 'accept', (url) =>
      server.decisions.vote(url.split('/').at(-1) ?? '', person(issuer, 'ada'), APPROVE),
    );
    expect(payload).toMatchObject({ approval: 'page', approved_by: ['ada'] });
    expect(scene.writes()).toHaveLength(1);
  });

  it.each(['decline', 'cancel'] as const)(
    'withdraws the request with %s, even one that was approved',
    async (action) => {
      server = await startPageServer(issuer, api.origin);
      const scene = api.scene(deletable());
      const { error } = await call(scene.project, action, (url) =>
        server.decisions.vote(url.split('/').at(-1) ?? '', person(issuer, 'ada'), APPROVE),
      );
      expect(error?.code).toBe('approval_withdrawn');
      expect(scene.writes()).toStrictEqual([]);
      expect(events()).toStrictEqual(['approval_requested', 'approval_vote', 'approval_withdrawn']);
    },
  );
});

describe.each(HTTP_CLIENTS)('one caller, through $title', ({ title, connect }) => {
  it('has three pending requests at most', async () => {
    server = await startPageServer(issuer, api.origin);
    const client = await connect(server.origin, { token: await issuer.token() });
    const remove = (project: string) => client.call('aiven_cmk_delete', argumentsFor(project));
    const scenes = Array.from({ length: 4 }, () => api.scene(deletable()));
    for (const { project } of scenes.slice(0, 3)) pendingOf(await remove(project));
    const { error } = await remove(scenes[3]?.project ?? '');
    expect(error).toMatchObject({
      code: 'approval_unavailable',
      message: expect.stringMatching(/^Too many requests/),
      hint: expect.stringMatching(/decided or withdrawn/),
      retryable: true,
    });
    const other = await connect(server.origin, { token: await issuer.token({ sub: 'bob' }) });
    pendingOf(await other.call('aiven_cmk_delete', argumentsFor(scenes[3]?.project ?? '')));
    await Promise.all([client.close(), other.close()]);
  });

  it('uses an approval once, however many calls it makes at the same time', async () => {
    const count = title.startsWith('SDK 2') ? 200 : 10; // Many calls are dear.
    server = await startPageServer(issuer, api.origin, { AIVEN_CMK_HTTP_CONCURRENT: '300' });
    const scene = api.scene(deletable());
    const client = await connect(server.origin, { token: await issuer.token() });
    const remove = () => client.call('aiven_cmk_delete', argumentsFor(scene.project));
    const { id } = pendingOf(await remove());
    const ada = person(issuer, 'ada');
    await server.decisions.vote(id, ada, APPROVE);
    let areDone = false;
    const calls = Promise.all(Array.from({ length: count }, remove)).finally(() => {
      areDone = true;
    });
    // Those that come after the use ask anew, before and after the deletion, and wait for the answer.
    const declineRest = async () => {
      const rest = (await server.decisions.list(ada)).filter(({ mayDecide }) => mayDecide);
      await Promise.allSettled(rest.map(({ record }) => server.decisions.vote(record.id, ada, DECLINE)));
      return areDone;
    };
    await expect.poll(declineRest, { timeout: 120_000 }).toBe(true); // On a loaded machine 200 calls take a minute.
    const outcomes = await calls;
    expect(outcomes.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(scene.writes()).toHaveLength(1);
    await client.close();
  });

  it('cannot approve for itself, nor have two votes, where other people have to', async () => {
    server = await startPageServer(issuer, api.origin, {
      AIVEN_CMK_APPROVER: 'other',
      AIVEN_CMK_APPROVALS_NEEDED: '2',
    });
    const scene = api.scene(deletable());
    const client = await connect(server.origin, { token: await issuer.token() });
    const { id } = pendingOf(await client.call('aiven_cmk_delete', argumentsFor(scene.project)));
    const vote = (name: string, scopes = ['cmk:approve']) =>
      server.decisions.vote(id, person(issuer, name, scopes), APPROVE);
    await expect(vote('ada')).rejects.toMatchObject({ code: 'approval_unavailable' });
    await expect(vote('bob', [])).rejects.toMatchObject({ code: 'not_found' });
    expect((await vote('bob')).state).toBe('pending');
    await expect(vote('bob')).rejects.toMatchObject({ code: 'approval_unavailable' });
    expect((await vote('eve')).state).toBe('approved');
    const { payload } = await client.call('aiven_cmk_delete', argumentsFor(scene.project));
    expect(payload).toMatchObject({ approval: 'page', approved_by: ['bob', 'eve'] });
    expect(scene.writes()).toHaveLength(1);
    await client.close();
  });
});
