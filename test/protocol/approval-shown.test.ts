import { afterEach, describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../src/guard/approval/record.ts';
import { HTTP_CLIENTS } from '../fixtures/http-harness.ts';
import { startIssuer } from '../fixtures/issuer.ts';
import { APPROVE, deletable, type PageServer, pendingOf, person, startPageServer } from '../fixtures/page-server.ts';
import { ID } from '../fixtures/scripted-api.ts';
import { apiForSuite, forSuite } from '../fixtures/suite.ts';

const api = apiForSuite();
const issuer = forSuite(startIssuer);
let server: PageServer;
afterEach(() => server.stop());

const OTHER = '11111111-2222-4333-8444-555555555555';

describe.each(HTTP_CLIENTS.slice(0, 1))('a stored request, made through $title', ({ connect }) => {
  it.each<[string, Partial<ApprovalRecord>]>([
    ['target', { target: OTHER }],
    ['type of target', { targetType: 'service' }],
    ['summary', { summary: 'Delete a key that nothing uses?' }],
    ['details', { details: { Status: 'old' } }],
  ])('is not approved once the store shows another %s', async (_what, shown) => {
    server = await startPageServer(issuer, api.origin);
    const scene = api.scene(deletable());
    const client = await connect(server.origin, { token: await issuer.token() });
    const call = { project: scene.project, cmk_id: ID, confirm_cmk_id: ID };
    const { id } = pendingOf(await client.call('aiven_cmk_delete', call));
    const ada = person(issuer, 'ada');
    const viewed = await server.decisions.get(id, ada);
    // The store in memory returns the record that it keeps, so this is what somebody does who can write to the store.
    Object.assign(viewed?.record ?? {}, shown);
    const vote = server.decisions.vote(id, ada, { ...APPROVE, confirm: viewed?.record.target ?? '' });
    await expect(vote).rejects.toMatchObject({ code: 'approval_stale' });
    expect((await server.decisions.get(id, ada))?.record).toMatchObject({ state: 'stale', votes: [] });
    await client.close();
  });
});
