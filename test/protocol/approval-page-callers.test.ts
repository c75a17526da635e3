import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_CLIENTS, post } from '../fixtures/http-harness.ts';
import { startIssuer } from '../fixtures/issuer.ts';
import { APPROVE, deletable, pendingOf, person, startPageServer } from '../fixtures/page-server.ts';
import { ID } from '../fixtures/scripted-api.ts';
import { apiForSuite, forSuite } from '../fixtures/suite.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-callers-'));
const tokens = join(folder, 'tokens');

const api = apiForSuite();
const issuer = forSuite(startIssuer);
beforeAll(() => {
  const lines = [
    `owned cmk:read,cmk:delete ${sha256('owned-token')} owner=ada`,
    `ada cmk:read,cmk:delete ${sha256('namesake-token')}`,
  ];
  writeFileSync(tokens, lines.join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(HTTP_CLIENTS)('scripts with static tokens beside people, through $title', ({ connect }) => {
  it('ask as their owner, who cannot approve where other people have to', async () => {
    const server = await startPageServer(issuer, api.origin, {
      AIVEN_CMK_HTTP_TOKENS_FILE: tokens,
      AIVEN_CMK_APPROVER: 'other',
    });
    const scene = api.scene(deletable());
    const remove = async (token: string) => {
      const client = await connect(server.origin, { token });
      const outcome = await client.call('aiven_cmk_delete', { project: scene.project, cmk_id: ID, confirm_cmk_id: ID });
      await client.close();
      return outcome;
    };
    const { id } = pendingOf(await remove('owned-token'));
    // One name, and two callers: each has a request of its own.
    const others = [pendingOf(await remove('namesake-token')), pendingOf(await remove(await issuer.token()))];
    expect(new Set([id, ...others.map((other) => other.id)]).size).toBe(3);
    const vote = (name: string) => server.decisions.vote(id, person(issuer, name, ['cmk:approve']), APPROVE);
    await expect(vote('ada')).rejects.toMatchObject({ code: 'approval_unavailable' });
    expect((await vote('bob')).state).toBe('approved');
    expect((await remove('owned-token')).payload).toMatchObject({ approved_by: ['bob'] });
    expect(scene.writes()).toHaveLength(1);
    await server.stop();
  });

  it('are the subjects of the claim that is set, for callers as for people', async () => {
    const server = await startPageServer(issuer, api.origin, { AIVEN_CMK_OIDC_SUBJECT_CLAIM: 'oid' });
    const scene = api.scene(deletable());
    const client = await connect(server.origin, { token: await issuer.token({ sub: 'of-this-client', oid: 'ada' }) });
    const remove = () => client.call('aiven_cmk_delete', { project: scene.project, cmk_id: ID, confirm_cmk_id: ID });
    const { id } = pendingOf(await remove());
    await server.decisions.vote(id, person(issuer, 'ada'), APPROVE);
    expect((await remove()).payload).toMatchObject({ approved_by: ['ada'] });
    await client.close();
    const headers = { authorization: `Bearer ${await issuer.token()}` };
    expect((await post(server.origin, { jsonrpc: '2.0', id: 1, method: 'ping' }, headers)).status).toBe(401);
    await server.stop();
  });
});

it('callers of one name are limited each by itself', async () => {
  const server = await startPageServer(issuer, api.origin, {
    AIVEN_CMK_HTTP_TOKENS_FILE: tokens,
    AIVEN_CMK_HTTP_PER_MINUTE: '2',
  });
  const status = async (token: string) => {
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
    return (await post(server.origin, list, { authorization: `Bearer ${token}` })).status;
  };
  const ada = await issuer.token();
  expect([await status(ada), await status(ada), await status(ada)]).toStrictEqual([200, 200, 429]);
  expect([await status('namesake-token'), await status('owned-token')]).toStrictEqual([200, 200]);
  await server.stop();
});
