import { afterEach, describe, expect, it } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, type HttpTestClient, startHttp } from '../fixtures/http-harness.ts';
import { startIssuer } from '../fixtures/issuer.ts';
import { APPROVE, deletable, type PageServer, pendingOf, person, startPageServer } from '../fixtures/page-server.ts';
import { type PolicyFixture, policyFile, rulesText } from '../fixtures/policies.ts';
import { ID } from '../fixtures/scripted-api.ts';
import { apiForSuite, forSuite } from '../fixtures/suite.ts';

/** Connects as 2026-07-28 does. */
function connectModern(...options: Parameters<(typeof HTTP_CLIENTS)[number]['connect']>): Promise<HttpTestClient> {
  const modern = HTTP_CLIENTS.find(({ title }) => title.includes('2026'));
  if (!modern) throw new Error('No client speaks 2026-07-28.');
  return modern.connect(...options);
}
const CAN_APPROVE = ['cmk:approve'];
/** A policy that lets everybody delete with this approval. */
const deletion = (approval: object, ...more: object[]) =>
  rulesText({ name: 'deletions', effect: 'allow', tools: ['delete'], ...approval }, ...more);

const api = apiForSuite();
const issuer = forSuite(startIssuer);
let policy: PolicyFixture;
let server: Omit<PageServer, 'decisions'>;
afterEach(async () => {
  await server.stop();
  policy.remove();
});

/** Starts a server with a page and this policy. Returns what calls the deletion as a person. */
async function start(text: string, env: Record<string, string> = {}) {
  policy = policyFile(text);
  const page = await startPageServer(issuer, api.origin, { AIVEN_CMK_APPROVAL: 'auto', ...policy.env, ...env });
  server = page;
  const respond = deletable();
  let hook = () => {};
  const scene = api.scene((seen) => {
    hook();
    return respond(seen);
  });
  const onRequest = (next: () => void) => {
    hook = next;
  };
  const remove = async (claims: object = {}) => {
    const client = await connectModern(page.origin, { token: await issuer.token({ sub: 'ada', ...claims }) });
    const result = await client.call('aiven_cmk_delete', { project: scene.project, cmk_id: ID, confirm_cmk_id: ID });
    await client.close();
    return result;
  };
  return { page, scene, remove, onRequest };
}

describe('the approval that a policy takes', () => {
  it('is nobody’s with none, and result and audit log say so', async () => {
    const { scene, remove } = await start(deletion({ approval: 'none' }));
    expect((await remove()).payload).toMatchObject({ approval: 'argument', approved_by: 'argument' });
    expect(scene.writes()).toHaveLength(1);
    const lines = server.audit().filter(({ tool }) => tool === 'aiven_cmk_delete');
    const policyOfLine = { rule: 'deletions', approval: { who: 'none', needed: 1 } };
    expect(lines).toMatchObject([
      { event: 'intent', approval: 'argument', policy: policyOfLine },
      { event: 'call', outcome: 'ok', policy: policyOfLine },
    ]);
  });

  it.each<[string, object, Record<string, string>, object]>([
    ['the mode page', { approval: 'none' }, { AIVEN_CMK_APPROVAL: 'page' }, { who: 'self', needed: 1 }],
    ['the mode required', { approval: 'none' }, { AIVEN_CMK_APPROVAL: 'required' }, { who: 'self', needed: 1 }],
    ['other people', { approval: 'none' }, { AIVEN_CMK_APPROVER: 'other' }, { who: 'other', needed: 1 }],
    ['two people', { approval: 'self' }, { AIVEN_CMK_APPROVALS_NEEDED: '2' }, { who: 'self', needed: 2 }],
    [
      'other people, of more',
      { approval: 'self', needed: 3 },
      { AIVEN_CMK_APPROVER: 'other' },
      { who: 'other', needed: 3 },
    ],
    ['nobody', { approval: 'other', needed: 2 }, { AIVEN_CMK_APPROVAL: 'argument' }, { who: 'other', needed: 2 }],
    ['what it takes by default', {}, {}, { who: 'self', needed: 1 }],
  ])('is the stricter of both where the server takes %s', async (_what, approval, env, rule) => {
    const { scene, remove } = await start(deletion(approval), env);
    const { id } = pendingOf(await remove());
    const requested = server.audit().find(({ approval_id }) => approval_id === id);
    expect(requested).toMatchObject({ event: 'approval_requested', rule });
    expect(scene.writes()).toStrictEqual([]);
  });

  it('is that of other people by call', async () => {
    const { page, scene, remove } = await start(deletion({ approval: 'other' }));
    const { id } = pendingOf(await remove());
    await expect(page.decisions.vote(id, person(issuer, 'ada', CAN_APPROVE), APPROVE)).rejects.toMatchObject({
      code: 'approval_unavailable',
    });
    await expect(page.decisions.vote(id, person(issuer, 'bob'), APPROVE)).rejects.toMatchObject({ code: 'not_found' });
    await page.decisions.vote(id, person(issuer, 'bob', CAN_APPROVE), APPROVE);
    expect((await remove()).payload).toMatchObject({ approval: 'page', approved_by: ['bob'] });
    expect(scene.writes()).toHaveLength(1);
  });

  it.each(['vote', 'use'])('is stale at the %s once the policy has changed, whatever changed', async (moment) => {
    const { page, scene, remove } = await start(deletion({ approval: 'self' }));
    const { id } = pendingOf(await remove());
    const ada = person(issuer, 'ada');
    if (moment === 'use') await page.decisions.vote(id, ada, APPROVE);
    policy.write(`${deletion({ approval: 'self' })}\n`);
    page.reload?.();
    if (moment === 'vote') {
      await expect(page.decisions.vote(id, ada, APPROVE)).rejects.toMatchObject({ code: 'approval_stale' });
    }
    expect(pendingOf(await remove()).id).not.toBe(id);
    expect(scene.writes()).toStrictEqual([]);
  });

  it('is another once the caller’s claims lead to another rule', async () => {
    const staff = { callers: [{ claim: 'groups', value: 'staff' }] };
    const { page, scene, remove } = await start(
      deletion(
        { approval: 'self', ...staff },
        { effect: 'allow', tools: ['delete'], approval: 'other', callers: [{ claim: 'groups', value: 'guests' }] },
      ),
    );
    const { id } = pendingOf(await remove({ groups: ['staff'] }));
    await page.decisions.vote(id, person(issuer, 'ada'), APPROVE);
    expect(pendingOf(await remove({ groups: ['staff', 'guests'] })).id).not.toBe(id);
    expect((await remove({ groups: [] })).error?.code).toBe('policy_denied');
    expect(scene.writes()).toStrictEqual([]);
  });

  it('is used up without a deletion when the policy changes between the start of the call and its write', async () => {
    const { page, scene, remove, onRequest } = await start(deletion({ approval: 'self' }));
    const { id } = pendingOf(await remove());
    await page.decisions.vote(id, person(issuer, 'ada'), APPROVE);
    onRequest(() => {
      policy.write(`${deletion({ approval: 'self' })}\n`);
      page.reload?.();
    });
    expect((await remove()).error?.code).toBe('approval_stale');
    expect(scene.writes()).toStrictEqual([]);
  });
});

describe('a server without a page', () => {
  const human = () => ({ action: 'accept', content: { cmk_id: ID } }) as const;
  it.each<[string, object, boolean, string | undefined]>([
    ['other people', { approval: 'other' }, true, 'approval_unavailable'],
    ['two people', { approval: 'self', needed: 2 }, true, 'approval_unavailable'],
    ['a person', { approval: 'self' }, false, 'approval_unavailable'],
    ['a person', { approval: 'self' }, true, undefined],
  ])('where the policy takes %s, %o, with forms: %s', async (_what, approval, forms, code) => {
    policy = policyFile(deletion(approval));
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, ...issuer.env, ...policy.env };
    server = await startHttp(['--approval', 'argument'], env);
    const scene = api.scene(deletable());
    const client = await connectModern(server.origin, { token: await issuer.token(), ...(forms && { human }) });
    const args = { project: scene.project, cmk_id: ID, confirm_cmk_id: ID };
    const { error, payload } = await client.call('aiven_cmk_delete', args);
    expect(error?.code).toBe(code);
    if (!code) expect(payload).toMatchObject({ approval: 'form', approved_by: 'human' });
    expect(scene.writes()).toHaveLength(code ? 0 : 1);
    await client.close();
  });

  it('takes no form that was put under another policy', async () => {
    policy = policyFile(deletion({ approval: 'self' }));
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, ...issuer.env, ...policy.env };
    server = await startHttp([], env);
    const scene = api.scene(deletable());
    const change = () => {
      policy.write(`${deletion({ approval: 'self' })}\n`);
      server.reload?.();
      return human();
    };
    const client = await connectModern(server.origin, { token: await issuer.token(), human: change });
    const args = { project: scene.project, cmk_id: ID, confirm_cmk_id: ID };
    expect((await client.call('aiven_cmk_delete', args)).error?.code).toBe('approval_stale');
    expect(scene.writes()).toStrictEqual([]);
    await client.close();
  });
});
