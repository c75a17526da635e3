import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callerId } from '../../src/core/caller.ts';
import { HTTP_CLIENTS, type HttpTestClient } from '../fixtures/http-harness.ts';
import { startIssuer } from '../fixtures/issuer.ts';
import {
  APPROVE,
  DECLINE,
  deletable,
  firstProgress,
  PAGE_ORIGIN,
  type PageServer,
  pendingOf,
  person,
  startPageServer,
} from '../fixtures/page-server.ts';
import { ID, KEY } from '../fixtures/scripted-api.ts';
import { apiForSuite, forSuite } from '../fixtures/suite.ts';

const api = apiForSuite();
const issuer = forSuite(startIssuer);

describe.each(HTTP_CLIENTS)('a deletion that a person approves on the page, through $title', ({ connect }) => {
  let server: PageServer;
  let client: HttpTestClient;
  let name: string; // A caller has three pending requests at most.
  beforeAll(async () => {
    server = await startPageServer(issuer, api.origin);
  });
  beforeEach(async ({ task }) => {
    name = `ada-${task.id}`;
    client = await connect(server.origin, { token: await issuer.token({ sub: name }) });
  });
  afterEach(() => client.close());
  afterAll(() => server.stop());
  const remove = (project: string, options = {}, rest = {}) =>
    client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID, ...rest }, options);
  const linesOf = (id: string) => server.audit().filter(({ approval_id }) => approval_id === id);

  it('is pending first, and says where the person decides and when to call again', async () => {
    const scene = api.scene(deletable());
    const outcome = await remove(scene.project);
    const { id, url, expires_at, retry_after_s } = pendingOf(outcome);
    expect(outcome.isError).toBe(true);
    expect(url).toBe(`${PAGE_ORIGIN}/approvals/${id}`);
    expect(id).toMatch(/^[\w-]{22}$/);
    expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(500_000);
    expect(retry_after_s).toBe(10);
    expect(outcome.error?.message).toContain(url);
    expect(outcome.error?.hint).toMatch(/Show the link to the user.*call again with the same arguments/);
    expect(outcome.error?.retryable).toBe(true);
    expect(scene.writes()).toStrictEqual([]);
    expect(linesOf(id)).toMatchObject([{ event: 'approval_requested', tool: 'aiven_cmk_delete', target: ID }]);
  });

  it('waits when it is called again, and is done once after the approval', async () => {
    const scene = api.scene(deletable());
    const { id } = pendingOf(await remove(scene.project));
    const { onprogress, heard } = firstProgress();
    const second = remove(scene.project, { onprogress });
    expect(await heard).toMatchObject({ message: expect.stringContaining('approval page') });
    await server.decisions.vote(id, person(issuer, name), APPROVE);
    const { isError, payload } = await second;
    expect([isError, payload]).toMatchObject([false, { approval: 'page', approved_by: [name] }]);
    expect(scene.writes()).toHaveLength(1);

    const [requested, vote, used] = linesOf(id);
    const ada = callerId(name, issuer.url);
    // Requests of 2025 do not repeat the client's name.
    const requester = { name, id: ada, client: expect.stringMatching(/^(?:test\/1|unknown)$/) };
    expect(requested).toMatchObject({ event: 'approval_requested', requester, rule: { who: 'self', needed: 1 } });
    expect(vote).toMatchObject({ event: 'approval_vote', approver: ada, decision: 'approve', reason: 'planned' });
    expect(vote).toMatchObject({ auth_time: expect.any(Number), acr: 'mfa', plan: requested?.plan });
    expect(used).toMatchObject({ event: 'approval_used', call_id: expect.any(String), approved_by: [ada] });
    const calls = server.audit().filter(({ call_id, event }) => call_id === used?.call_id && event !== 'approval_used');
    const approval = { approval: 'page', approved_by: [name] };
    expect(calls).toMatchObject([
      { event: 'intent', ...approval },
      { event: 'call', outcome: 'ok', ...approval },
    ]);
  });

  it('is the same request however often it is called, and another for other arguments', async () => {
    const [one, other] = [api.scene(deletable()), api.scene(deletable())];
    const { id } = pendingOf(await remove(one.project));
    const { id: otherId } = pendingOf(await remove(other.project));
    expect(otherId).not.toBe(id);
    await server.decisions.vote(id, person(issuer, name), APPROVE);
    const { onprogress, heard } = firstProgress();
    const stop = new AbortController();
    const swapped = remove(other.project, { onprogress, signal: stop.signal }).catch(() => 'cancelled');
    await heard;
    stop.abort();
    expect(await swapped).toBe('cancelled');
    expect([one.writes(), other.writes()]).toStrictEqual([[], []]);
    await server.decisions.withdraw(otherId, person(issuer, name));
    expect((await remove(one.project)).isError).toBe(false);
  });

  it('is refused after a decline, and nobody is asked again for a while', async () => {
    const scene = api.scene(deletable());
    const { id } = pendingOf(await remove(scene.project));
    const { onprogress, heard } = firstProgress();
    const second = remove(scene.project, { onprogress });
    await heard;
    await server.decisions.vote(id, person(issuer, name), DECLINE);
    expect((await second).error?.code).toBe('approval_declined');
    const { error } = await remove(scene.project);
    expect(error).toMatchObject({ code: 'approval_declined', message: expect.stringMatching(/nobody is asked again/) });
    expect(scene.writes()).toStrictEqual([]);
    expect(linesOf(id).map(({ event }) => event)).toStrictEqual([
      'approval_requested',
      'approval_vote',
      'approval_declined',
    ]);
  });

  it('takes no vote once the key has changed, and the request ends', async () => {
    let status = 'current';
    const scene = api.scene(deletable(() => ({ ...KEY, status })));
    const { id } = pendingOf(await remove(scene.project));
    status = 'old';
    const ada = person(issuer, name);
    await expect(server.decisions.vote(id, ada, APPROVE)).rejects.toMatchObject({ code: 'approval_stale' });
    expect((await server.decisions.get(id, ada))?.record.state).toBe('stale');
    expect(linesOf(id).map(({ event }) => event)).toStrictEqual(['approval_requested', 'approval_stale']);
    expect(pendingOf(await remove(scene.project)).id).not.toBe(id);
    expect(scene.writes()).toStrictEqual([]);
  });

  it('takes no approval that was given before the key changed, not even once it has changed back', async () => {
    let status = 'current';
    const scene = api.scene(deletable(() => ({ ...KEY, status })));
    const { id } = pendingOf(await remove(scene.project));
    await server.decisions.vote(id, person(issuer, name), APPROVE);
    status = 'old';
    const other = pendingOf(await remove(scene.project)).id;
    expect(linesOf(id).at(-1)).toMatchObject({ event: 'approval_stale', call_id: expect.any(String) });
    status = 'current';
    const third = pendingOf(await remove(scene.project)).id;
    expect(new Set([id, other, third]).size).toBe(3);
    expect(linesOf(other).map(({ event }) => event)).toStrictEqual(['approval_requested', 'approval_stale']);
    expect(scene.writes()).toStrictEqual([]);
    await server.decisions.vote(third, person(issuer, name), APPROVE);
    expect((await remove(scene.project)).isError).toBe(false);
  });
});
