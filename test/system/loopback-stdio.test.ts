import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDesktop, type Desktop } from '../fixtures/desktop.ts';
import { type TestClient, TOKEN } from '../fixtures/harness.ts';
import { closed, codeIn, followLink } from '../fixtures/loopback-visitor.ts';
import { deletable, pendingOf } from '../fixtures/page-server.ts';
import { modernCall, startRaw } from '../fixtures/raw.ts';
import { ID } from '../fixtures/scripted-api.ts';
import { openSpawned as open, SPAWNED } from '../fixtures/spawned.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const api = apiForSuite();

const argumentsFor = (project: string) => ({ project, cmk_id: ID, confirm_cmk_id: ID });
const remove = (client: TestClient, project: string) => client.call('aiven_cmk_delete', argumentsFor(project));
const server = () => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });
const accept = { action: 'accept', content: { cmk_id: ID } } as const;
/** Ends a wait for a decision after a second. */
const QUICK = { AIVEN_CMK_DEADLINE_MS: '1000' };

describe('over stdio, on a desktop', () => {
  let desktop: Desktop;
  beforeEach(() => {
    desktop = createDesktop();
  });
  afterEach(() => desktop.remove());
  const env = (more = {}) => ({ ...server(), ...desktop.env, ...more });

  it.each(SPAWNED)('the first call is done once the person approves in their browser, through $title', async (sdk) => {
    const scene = api.scene(deletable());
    const client = await sdk.open({ env: env() });
    const call = remove(client, scene.project);
    const link = await desktop.link();
    const person = await followLink(link);
    expect(person.page.text).toContain('local user');
    expect((await person.decide('approve', 'another')).status).toBe(422);
    expect(scene.writes()).toStrictEqual([]);
    await person.decide('approve', ID);
    const { payload } = await call;
    expect(payload).toMatchObject({ approval: 'page', approved_by: ['local user'] });
    expect(scene.writes()).toHaveLength(1);
    const [requested, vote, used] = client.audit();
    expect(requested).toMatchObject({ event: 'approval_requested', requester: { id: 'anonymous' }, target: ID });
    expect(vote).toMatchObject({
      event: 'approval_vote',
      approver: 'anonymous',
      decision: 'approve',
      reason: 'planned',
    });
    expect(used).toMatchObject({ event: 'approval_used', rule: { who: 'self', needed: 1 } });
    const approval = { approval: 'page', approved_by: ['local user'] };
    expect(client.audit().slice(3)).toMatchObject([
      { event: 'intent', ...approval },
      { event: 'call', outcome: 'ok', ...approval },
    ]);
    expect(JSON.stringify(payload) + client.stderr()).not.toContain(codeIn(link));
    // Its outcome can be seen, and then nothing listens any more.
    expect((await person.visitor.visit(person.url)).text).toContain('Approved and used.');
    await closed(person.url);
    await client.close();
  });

  it('a decline refuses the call, and asks nobody again', async () => {
    const scene = api.scene(deletable());
    const client = await open({ env: env({ AIVEN_CMK_APPROVAL: 'required' }) });
    const call = remove(client, scene.project);
    await (await followLink(await desktop.link())).decide('decline');
    expect((await call).error?.code).toBe('approval_declined');
    expect((await remove(client, scene.project)).error?.code).toBe('approval_declined');
    expect([desktop.links().length, scene.writes()]).toStrictEqual([1, []]);
    await client.close();
  });

  it('a call that nobody decides about is pending, and another one acts, without a second window', async () => {
    const scene = api.scene(deletable());
    const client = await open({ env: env(QUICK) });
    const first = await remove(client, scene.project);
    const { id, url } = pendingOf(first);
    const link = await desktop.link();
    expect(url).toBe(new URL(`/approvals/${id}`, link).href);
    expect(first.error?.message).toContain('opened in their browser');
    expect(pendingOf(await remove(client, scene.project)).id).toBe(id);
    const person = await followLink(link);
    expect(person.url).toBe(url);
    await person.decide('approve', ID);
    expect((await remove(client, scene.project)).payload).toMatchObject({ approval: 'page' });
    expect(desktop.links()).toHaveLength(1);
    expect(client.stderr()).toContain(`waiting for a decision on ${url}`);
    expect(JSON.stringify(first) + client.stderr()).not.toContain(codeIn(link));
    await client.close();
  });

  it('no answer of a client is an approval with --approval page', async () => {
    const scene = api.scene(deletable());
    let asked = 0;
    const human = () => {
      asked += 1;
      return accept;
    };
    const client = await open({ args: ['--approval', 'page'], env: env(QUICK), human });
    expect(pendingOf(await remove(client, scene.project)).id).toHaveLength(22);
    expect([asked, scene.writes()]).toStrictEqual([0, []]);
    await client.close();
  });

  it('nor is one that was not asked for, and none withdraws the request', async () => {
    const scene = api.scene(deletable());
    const raw = startRaw(['--approval', 'page'], env(QUICK));
    const capabilities = { elicitation: { form: {}, url: {} } };
    let id = 'x';
    for (const answer of [accept, accept, { action: 'decline' }]) {
      const round = { inputResponses: { approval: answer }, requestState: id };
      const params = modernCall('aiven_cmk_delete', argumentsFor(scene.project), round, capabilities);
      const { result } = await raw.ask('tools/call', params);
      const pending = pendingOf({ payload: result?.structuredContent as Record<string, unknown> });
      if (id !== 'x') expect(pending.id).toBe(id);
      id = pending.id;
    }
    expect(scene.writes()).toStrictEqual([]);
    await raw.close();
  });

  it('a client that can ask its person does so with auto, and no page is opened', async () => {
    const scene = api.scene(deletable());
    const client = await open({ env: env(), human: () => accept });
    expect((await remove(client, scene.project)).payload).toMatchObject({ approval: 'form' });
    expect(desktop.links()).toStrictEqual([]);
    await client.close();
  });

  it('the end of the process withdraws what is pending, and closes the port', async () => {
    const scene = api.scene(deletable());
    const client = await open({ env: env() });
    const call = remove(client, scene.project).catch(() => 'disconnected');
    const person = await followLink(await desktop.link());
    await client.close();
    await call;
    expect(client.audit().map(({ event }) => event)).toStrictEqual([
      'approval_requested',
      'approval_withdrawn',
      'call',
    ]);
    await closed(person.url);
    expect(scene.writes()).toStrictEqual([]);
  });
});

describe('over stdio, where no browser can be opened', () => {
  const broken = createDesktop({ exit: 3 });
  afterAll(() => broken.remove());

  it.each([
    ['there is no desktop', {}, 'a person has to decide: open '],
    ['the desktop has no browser', broken.env, 'no browser could be opened; a person has to decide: open '],
    ['the desktop has no opener', { PATH: '/nowhere', DISPLAY: ':99', CI: '' }, 'no browser could be opened; '],
  ])('--approval page prints the link where %s', async (_case, more, text) => {
    const scene = api.scene(deletable());
    const client = await open({ args: ['--approval', 'page'], env: { ...server(), ...more } });
    const call = remove(client, scene.project);
    const [link = ''] = /http\S+$/.exec(await client.line(text)) ?? [];
    await (await followLink(link)).decide('approve', ID);
    const { payload } = await call;
    expect(payload).toMatchObject({ approval: 'page', approved_by: ['local user'] });
    expect(JSON.stringify([payload, client.audit()])).not.toContain(codeIn(link));
    await client.close();
  });
});
