import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerId } from '../../src/core/caller.ts';
import type { Person } from '../../src/guard/approval/decisions.ts';
import { type HttpServer, post, startHttp } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';
import { PAGE_ORIGIN } from '../fixtures/page-server.ts';
import { VENDORS } from '../fixtures/vendors.ts';
import { Visitor } from '../fixtures/visitor.ts';

const seconds = () => Math.floor(Date.now() / 1_000);

describe.each(VENDORS)('$name, with the settings of docs/issuers.md', (vendor) => {
  let issuer: Issuer;
  let server: HttpServer;
  beforeAll(async () => {
    issuer = await startIssuer(vendor);
    const page = { AIVEN_CMK_PUBLIC_URL: `${PAGE_ORIGIN}/mcp`, AIVEN_CMK_APPROVAL: 'page' };
    server = await startHttp(['--sandbox'], { ...issuer.env, ...page, ...vendor.env });
  });
  afterAll(async () => {
    await server.stop();
    await issuer.close();
  });

  const header = vendor.typ === null ? {} : { typ: vendor.typ };
  const caller = (changes: object = {}) =>
    issuer.token({ ...vendor.caller, ...vendor.scopes('cmk:read cmk:delete'), ...changes }, header);
  const send = (token: string, method: string, params: object) =>
    post(server.origin, { jsonrpc: '2.0', id: 1, method, params }, { authorization: `Bearer ${token}` });
  const tools = async (token: string) => {
    const { status, message } = await send(token, 'tools/list', {});
    const listed = status === 200 ? message().result?.tools : [];
    return { status, names: Array.isArray(listed) ? listed.map(({ name }: { name: string }) => name) : undefined };
  };
  /** Signs in on the page, where the issuer returns these tokens. */
  const signIn = async (idToken: object, access: object) => {
    const visitor = new Visitor();
    const { headers } = await visitor.visit(`${server.origin}/approvals/sign-in`);
    const asked = new URL(headers.get('location') ?? '').searchParams;
    const nonce = asked.get('nonce');
    const id_token = await issuer.token({ ...vendor.idToken, nonce, auth_time: seconds(), ...idToken }, { typ: 'JWT' });
    issuer.tokens = {
      access_token: await issuer.token(access, header),
      id_token,
      token_type: 'Bearer',
      expires_in: 3_600,
    };
    const back = new URLSearchParams({ code: 'c', state: asked.get('state') ?? '' });
    const { status } = await visitor.visit(`${server.origin}/approvals/callback?${back}`);
    const [, jwt = ''] = /cmk-approvals=([^;]+)/.exec(visitor.cookies(server.origin)) ?? [];
    const payload = jwt && JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    return { asked, status, person: payload && (payload.value.person as Person) };
  };

  it('lets a person call what their scopes allow, and decide on the page as the same person', async () => {
    const { status, names } = await tools(await caller());
    expect([status, names]).toStrictEqual([200, expect.arrayContaining(['aiven_cmk_list', 'aiven_cmk_delete'])]);
    expect(names).not.toContain('aiven_cmk_create');
    const id = '44444444-4444-4444-8444-444444444444';
    const args = { project: 'sandbox', cmk_id: id, confirm_cmk_id: id };
    await send(await caller(), 'tools/call', { name: 'aiven_cmk_delete', arguments: args });
    const [requested] = server.audit().filter(({ event }) => event === 'approval_requested');
    const { asked, person } = await signIn({}, { ...vendor.page, ...vendor.scopes('cmk:read cmk:approve') });
    expect(person).toMatchObject({ id: callerId(vendor.subject, issuer.url), scopes: ['cmk:approve'] });
    expect(requested?.requester).toMatchObject({ id: person?.id, name: vendor.subject });
    expect([asked.get('scope'), asked.get('resource')]).toStrictEqual([
      vendor.env.AIVEN_CMK_OIDC_SCOPES ?? 'openid cmk:approve',
      null,
    ]);
  });

  it('takes no ID token for an access token, neither of a caller nor on the page', async () => {
    const idToken = { ...vendor.idToken, ...vendor.scopes('cmk:delete') };
    expect((await tools(await issuer.token(idToken, { typ: 'JWT' }))).status).toBe(401);
    expect(await signIn({}, idToken)).toMatchObject({ status: 403, person: '' });
  });

  it('takes no token without what identifies the person, and no sign-in of which nobody says when it was', async () => {
    const claim = vendor.env.AIVEN_CMK_OIDC_SUBJECT_CLAIM ?? 'sub';
    expect((await tools(await caller({ [claim]: undefined }))).status).toBe(401);
    const access = { ...vendor.page, ...vendor.scopes('cmk:approve') };
    expect((await signIn({}, { ...access, [claim]: undefined })).status).toBe(403);
    expect((await signIn({ auth_time: undefined }, access)).status).toBe(403);
  });

  it('gives a client without a person no tool that it was not given a scope for', async () => {
    const { claims, status } = vendor.machine;
    expect(await tools(await caller(claims))).toStrictEqual({ status, names: [] });
  });
});

describe('an issuer for any tenant, as Entra ID’s `common`', () => {
  it('is refused, because its metadata names no issuer', async () => {
    const issuer = await startIssuer({ path: '/common/v2.0' });
    issuer.answers.metadata = (response) =>
      response.end(
        JSON.stringify({ issuer: issuer.url.replace('common', '{tenantid}'), jwks_uri: `${issuer.url}/keys` }),
      );
    const server = await startHttp(['--sandbox'], issuer.env);
    const headers = { authorization: `Bearer ${await issuer.token()}` };
    expect(
      (await post(server.origin, { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }, headers)).status,
    ).toBe(500);
    await server.stop();
    await issuer.close();
  });
});
