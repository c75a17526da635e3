import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type TestClient, TOKEN } from '../fixtures/harness.ts';
import { codeIn, followLink, sendCode } from '../fixtures/loopback-visitor.ts';
import { deletable, pendingOf } from '../fixtures/page-server.ts';
import { ID, type Scene } from '../fixtures/scripted-api.ts';
import { openSpawned } from '../fixtures/spawned.ts';
import { apiForSuite } from '../fixtures/suite.ts';
import { Visitor } from '../fixtures/visitor.ts';

const api = apiForSuite();

let client: TestClient;
let scene: Scene;
afterEach(async () => {
  await client.close();
  expect(scene.writes()).toStrictEqual([]);
});

/** Starts a server and a call that waits for a decision. Resolves with the link that it prints. */
async function requestApproval(env: Readonly<Record<string, string>> = {}) {
  scene = api.scene(deletable());
  const settings = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, AIVEN_CMK_APPROVAL: 'page' };
  client = await openSpawned({ env: { ...settings, ...env } });
  const call = client.call('aiven_cmk_delete', { project: scene.project, cmk_id: ID, confirm_cmk_id: ID });
  call.catch(() => {}); // The end of the test disconnects it.
  const [link = ''] = /http\S+$/.exec(await client.line('a person has to decide')) ?? [];
  return { link, call };
}

/** Gets a page with a Host header of the caller's choice. */
async function statusWith(host: string, address: string): Promise<number | undefined> {
  const sent = request(address, { headers: { host }, agent: false }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

describe('the code of a link', () => {
  it('signs one browser in, for this server alone', async () => {
    const { link } = await requestApproval();
    const { port } = new URL(link);
    const thief = new Visitor();
    const wrong = await sendCode(thief, link, 'A'.repeat(32));
    expect([wrong.status, wrong.text]).toStrictEqual([403, expect.stringContaining('This is no code of this server.')]);
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: `http://127.0.0.1:${Number(port) + 1}` },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect((await sendCode(thief, link, codeIn(link), headers)).status).toBe(403);
    }
    const sent = new URL('/approvals/sign-in', link);
    const json = { 'content-type': 'application/json' };
    expect((await sendCode(thief, link, codeIn(link), json)).status).toBe(415);
    expect((await thief.visit(`${sent}?code=${codeIn(link)}`)).headers.getSetCookie()).toStrictEqual([]);

    const { visitor, url, page } = await followLink(link);
    expect(page.text).toContain(ID);
    expect(visitor.cookies(url)).toMatch(new RegExp(`^cmk-approvals-${port}=[^;]+$`));
    const used = await sendCode(thief, link, codeIn(link));
    expect([used.status, used.text]).toStrictEqual([403, expect.stringContaining('This code was used before.')]);
    expect(thief.cookies(url)).toBe('');
    expect((await thief.visit(url)).text).not.toContain(ID);
    for (const nonce of ['', 'x']) {
      expect((await thief.submit(`${url}/approve`, { confirm: ID, nonce })).status).toBe(403);
    }
  });

  it('ends with its request', async () => {
    const { link, call } = await requestApproval({ AIVEN_CMK_APPROVAL_TIMEOUT_MS: '1000' });
    expect((await call).error?.code).toBe('approval_timed_out');
    const late = await sendCode(new Visitor(), link, codeIn(link));
    expect([late.status, late.text]).toStrictEqual([403, expect.stringContaining('This code is too old')]);
  });

  it('cannot be guessed: ten tries a minute', async () => {
    const { link } = await requestApproval();
    const tries = Array.from({ length: 10 }, () => sendCode(new Visitor(), link, 'x'));
    expect((await Promise.all(tries)).map(({ status }) => status)).toStrictEqual(Array(10).fill(403));
    expect((await sendCode(new Visitor(), link, codeIn(link))).status).toBe(429);
  });
});

describe('the page on loopback', () => {
  it('has one script, on the page of the link alone, and answers to its own address alone', async () => {
    const { link } = await requestApproval({ AIVEN_CMK_DEADLINE_MS: '3000' });
    const { host, port, origin } = new URL(link);
    const policyOf = async (path: string) =>
      (await new Visitor().visit(`${origin}${path}`)).headers.get('content-security-policy');
    expect(await policyOf('/approvals/sign-in')).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(await policyOf('/approvals')).not.toContain('script-src');
    expect(await policyOf(`/approvals/${'A'.repeat(22)}`)).not.toContain('script-src');
    expect(await statusWith(host, link)).toBe(200);
    for (const other of [`localhost:${port}`, '127.0.0.1', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`]) {
      expect(await statusWith(other, link)).toBe(403);
    }
    // A person without script may paste the whole link.
    expect((await sendCode(new Visitor(), link, ` ${link} `)).status).toBe(303);
  });

  it('of one server takes no session of another', async () => {
    const first = await requestApproval();
    const { visitor, url } = await followLink(first.link);
    const before = client;
    const second = await requestApproval({ AIVEN_CMK_DEADLINE_MS: '1000' });
    const { id, url: otherUrl } = pendingOf(await second.call);
    const [, session = ''] = visitor.cookies(url).split('=');
    visitor.keep(otherUrl, `cmk-approvals-${new URL(otherUrl).port}`, session);
    expect((await visitor.visit(otherUrl)).text).not.toContain(ID);
    expect(otherUrl).toContain(id);
    await before.close();
  });
});
