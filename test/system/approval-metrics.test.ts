import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HttpInProcess, post, startHttp } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';
import { DECLINE, PAGE_ORIGIN, pendingOf, person } from '../fixtures/page-server.ts';
import { Visitor } from '../fixtures/visitor.ts';
import { votersOf } from '../fixtures/voters.ts';

const ID = '44444444-4444-4444-8444-444444444444';

describe('the metrics of the approval page', () => {
  let issuer: Issuer;
  let server: HttpInProcess;
  beforeAll(async () => {
    issuer = await startIssuer({ alg: 'RS256' });
    server = await startHttp(['--sandbox', '--metrics', '127.0.0.1:0'], {
      ...issuer.env,
      AIVEN_CMK_OIDC_CLIENT_ID: 'page',
      AIVEN_CMK_PUBLIC_URL: `${PAGE_ORIGIN}/mcp`,
    });
  });
  afterAll(async () => {
    await server.stop();
    await issuer.close();
  });

  /** The samples of the page's metrics, without their prefix. */
  async function samples(): Promise<Record<string, number>> {
    const text = await (await fetch(new URL('/metrics', server.metricsOrigin))).text();
    const lines = [...text.matchAll(/^aiven_cmk_(approval\S*) (\S+)$/gm)];
    return Object.fromEntries(lines.map(([, name = '', value]) => [name, Number(value)]));
  }

  it('say what waits for a decision, and since when', async () => {
    expect(await samples()).toMatchObject({ approvals_pending: 0, approval_oldest_pending_seconds: 0 });
    const params = { name: 'aiven_cmk_delete', arguments: { project: 'sandbox', cmk_id: ID, confirm_cmk_id: ID } };
    const headers = { authorization: `Bearer ${await issuer.token()}` };
    const { message } = await post(server.origin, { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, headers);
    const { id } = pendingOf({ payload: message().result?.structuredContent as Record<string, unknown> });
    await vi.waitFor(async () => expect((await samples()).approvals_pending).toBe(1), 20_000);
    expect((await samples()).approval_oldest_pending_seconds).toBeGreaterThan(0);
    if (!server.decisions) throw new Error('The server has no page.');
    await votersOf(server.decisions).vote(id, person(issuer, 'bob', ['cmk:approve']), DECLINE);
    await vi.waitFor(async () => expect((await samples()).approvals_pending).toBe(0), 20_000);
    expect(await samples()).toMatchObject({
      approval_oldest_pending_seconds: 0,
      'approval_events_total{event="declined"}': 1,
    });
  });

  it('count sign-ins by their end', async () => {
    const visitor = new Visitor();
    const begin = async () => {
      const { headers } = await visitor.visit(`${server.origin}/approvals/sign-in`);
      return new URL(headers.get('location') ?? '').searchParams;
    };
    const finish = async (idToken: object) => {
      const asked = await begin();
      const seconds = Math.floor(Date.now() / 1_000);
      const claims = { aud: 'page', nonce: asked.get('nonce'), auth_time: seconds, ...idToken };
      const both = { access_token: await issuer.token(), id_token: await issuer.token(claims) };
      issuer.tokens = { ...both, token_type: 'Bearer', expires_in: 60 };
      await visitor.visit(`${server.origin}/approvals/callback?code=c&state=${asked.get('state')}`);
    };
    await finish({});
    await finish({ auth_time: undefined });
    const counted = { signed_in: 1, refused: 1 };
    for (const [result, count] of Object.entries(counted)) {
      const name = `approval_sign_ins_total{result="${result}"}`;
      await vi.waitFor(async () => expect((await samples())[name]).toBe(count), 20_000);
    }
  });
});
