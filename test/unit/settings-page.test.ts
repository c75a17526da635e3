import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(text: string, mode = 0o600): string {
  files += 1;
  const path = join(folder, `${files}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const ISSUER = { AIVEN_CMK_OIDC_ISSUER: 'https://login.example', AIVEN_CMK_OIDC_AUDIENCE: 'cmk' };
const PAGE = { ...ISSUER, AIVEN_CMK_OIDC_CLIENT_ID: 'page', AIVEN_CMK_PUBLIC_URL: 'https://cmk.example/mcp' };
const KEY = 'Zm9vYmFyYmF6cXV4LTAxMjM0NTY3ODkrLw==';

async function served(env: Readonly<Record<string, string>>, args: readonly string[] = ['--http', '0']) {
  const command = await readCommand(['--sandbox', ...args], env);
  if (command.kind !== 'serve') throw new Error('This serves.');
  return command.config;
}

describe('the settings of the approval page', () => {
  it('have defaults with which it works once it is set up', async () => {
    expect(await served(PAGE)).toMatchObject({
      oidcClientId: 'page',
      oidcScopes: 'openid cmk:approve',
      oidcSubjectClaim: 'sub',
      oidcResource: undefined,
      oidcAcr: undefined,
      approvalMaxAgeS: 300,
      approver: 'self',
      approvalsNeeded: 1,
      approvedMs: 300_000,
      approvalTimeoutMs: 600_000,
      webhookFormat: 'standard',
      secrets: {},
      warnings: [],
    });
  });

  it('are read', async () => {
    const config = await served({
      ...PAGE,
      AIVEN_CMK_APPROVAL: 'page',
      AIVEN_CMK_OIDC_SCOPES: 'openid api://cmk/approve',
      AIVEN_CMK_OIDC_RESOURCE: 'https://cmk.example/mcp',
      AIVEN_CMK_OIDC_SUBJECT_CLAIM: 'oid',
      AIVEN_CMK_OIDC_ACR: 'urn:example:mfa',
      AIVEN_CMK_APPROVAL_MAX_AGE_S: '60',
      AIVEN_CMK_APPROVER: 'other',
      AIVEN_CMK_APPROVALS_NEEDED: '5',
      AIVEN_CMK_APPROVED_MS: '1000',
      AIVEN_CMK_APPROVAL_TIMEOUT_MS: '86400000',
      AIVEN_CMK_HTTP_TOKENS_FILE: file('x'),
    });
    expect(config).toMatchObject({
      approval: 'page',
      oidcScopes: 'openid api://cmk/approve',
      oidcResource: 'https://cmk.example/mcp',
      oidcSubjectClaim: 'oid',
      oidcAcr: 'urn:example:mfa',
      approvalMaxAgeS: 60,
      approver: 'other',
      approvalsNeeded: 5,
      approvedMs: 1_000,
      approvalTimeoutMs: 86_400_000,
    });
  });

  it('name secrets, which are read and not printed', async () => {
    const config = await served({
      ...PAGE,
      AIVEN_CMK_OIDC_CLIENT_SECRET_FILE: file('client secret\n'),
      AIVEN_CMK_STORE_URL_FILE: file('rediss://me:pass-word@store:6380/1\n'),
      AIVEN_CMK_SIGNING_KEY_FILE: file(KEY),
      AIVEN_CMK_WEBHOOK_URL_FILE: file('https://hooks.example/T0/B0?x=1'),
      AIVEN_CMK_WEBHOOK_FORMAT: 'slack',
      AIVEN_CMK_WEBHOOK_SECRET_FILE: file('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    });
    const { oidcClient, storeUrl, signingKey, webhookUrl, webhookKey } = config.secrets;
    expect([oidcClient, storeUrl, signingKey, webhookUrl].map((secret) => secret?.expose())).toStrictEqual([
      'client secret',
      'rediss://me:pass-word@store:6380/1',
      KEY,
      'https://hooks.example/T0/B0?x=1',
    ]);
    expect(webhookKey).toHaveLength(24);
    expect(config.webhookFormat).toBe('slack');
    expect(JSON.stringify({ ...config, secrets: { ...config.secrets, webhookKey: 0 } })).not.toMatch(
      /pass-word|hooks\.example|client secret|Zm9vYmFy/,
    );
    const direct = await served({ ...PAGE, AIVEN_CMK_STORE_URL: 'redis://:pass-word@store' });
    expect(direct.secrets.storeUrl?.expose()).toBe('redis://:pass-word@store');
    expect(JSON.stringify(direct)).not.toContain('pass-word');
  });

  it('warn about a secret that others can read', async () => {
    const { warnings } = await served({ ...PAGE, AIVEN_CMK_SIGNING_KEY_FILE: file(KEY, 0o644) });
    expect(warnings).toStrictEqual([expect.stringMatching(/^AIVEN_CMK_SIGNING_KEY_FILE names a file/)]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'the mode without anything',
      { AIVEN_CMK_APPROVAL: 'page' },
      /page is set without AIVEN_CMK_OIDC_ISSUER .* and AIVEN_CMK_OIDC_CLIENT_ID and AIVEN_CMK_PUBLIC_URL/,
    ],
    ['the mode without a client', { ...ISSUER, AIVEN_CMK_APPROVAL: 'page' }, /without AIVEN_CMK_OIDC_CLIENT_ID/],
    [
      'a client without an issuer',
      { AIVEN_CMK_OIDC_CLIENT_ID: 'x', AIVEN_CMK_PUBLIC_URL: 'https://a.example/mcp' },
      /CLIENT_ID is set without AIVEN_CMK_OIDC_ISSUER/,
    ],
    [
      'a client without a public URL',
      { ...ISSUER, AIVEN_CMK_OIDC_CLIENT_ID: 'x' },
      /CLIENT_ID is set without AIVEN_CMK_PUBLIC_URL/,
    ],
    ['a public URL over http', { ...PAGE, AIVEN_CMK_PUBLIC_URL: 'http://cmk.example/mcp' }, /PUBLIC_URL .*https/],
    [
      'other people without the page',
      { ...ISSUER, AIVEN_CMK_APPROVER: 'other' },
      /APPROVER is set without AIVEN_CMK_OIDC_CLIENT_ID/,
    ],
    [
      'two people without the page',
      { ...ISSUER, AIVEN_CMK_APPROVALS_NEEDED: '2' },
      /NEEDED is set without AIVEN_CMK_OIDC_CLIENT_ID/,
    ],
    [
      'other people whom nobody asks',
      { ...PAGE, AIVEN_CMK_APPROVER: 'other', AIVEN_CMK_APPROVAL: 'argument' },
      /APPROVER is set with --approval argument/,
    ],
    [
      'a day without the page',
      { ...ISSUER, AIVEN_CMK_APPROVAL_TIMEOUT_MS: '3600001' },
      /TIMEOUT_MS is 3600001: it takes at most 3600000/,
    ],
    ['more than a day', { ...PAGE, AIVEN_CMK_APPROVAL_TIMEOUT_MS: '86400001' }, /TIMEOUT_MS/],
    [
      'a webhook without the page',
      { ...ISSUER, AIVEN_CMK_WEBHOOK_URL_FILE: '/x' },
      /WEBHOOK_URL_FILE is set without AIVEN_CMK_OIDC_CLIENT_ID/,
    ],
    [
      'a secret without its webhook',
      { ...PAGE, AIVEN_CMK_WEBHOOK_SECRET_FILE: '/x' },
      /SECRET_FILE is set without AIVEN_CMK_WEBHOOK_URL_FILE/,
    ],
    [
      'a subject claim without an issuer',
      { AIVEN_CMK_OIDC_SUBJECT_CLAIM: 'oid' },
      /SUBJECT_CLAIM is set without AIVEN_CMK_OIDC_ISSUER/,
    ],
    ['no people', { ...PAGE, AIVEN_CMK_APPROVALS_NEEDED: '0' }, /from 1 to 5/],
    ['six people', { ...PAGE, AIVEN_CMK_APPROVALS_NEEDED: '6' }, /from 1 to 5/],
    ['an approver that is none', { ...PAGE, AIVEN_CMK_APPROVER: 'Other' }, /it takes self, other/],
    ['a format that is none', { ...PAGE, AIVEN_CMK_WEBHOOK_FORMAT: 'teams' }, /it takes standard, slack/],
    ['scopes without openid', { ...PAGE, AIVEN_CMK_OIDC_SCOPES: 'cmk:approve' }, /openid/],
    ['scopes with commas for spaces', { ...PAGE, AIVEN_CMK_OIDC_SCOPES: 'openid,cmk:approve' }, /openid/],
    ['a resource that is no URI', { ...PAGE, AIVEN_CMK_OIDC_RESOURCE: 'cmk' }, /absolute URI/],
    ['two URLs of a store', { AIVEN_CMK_STORE_URL: 'redis://s', AIVEN_CMK_STORE_URL_FILE: '/x' }, /both set/],
    ['a store that is none', { AIVEN_CMK_STORE_URL: 'http://me:pass-word@store' }, /STORE_URL.*redis:\/\//],
    ['an empty file of a store', { AIVEN_CMK_STORE_URL_FILE: file('') }, /STORE_URL_FILE/],
    ['a file that is not there', { AIVEN_CMK_SIGNING_KEY_FILE: '/no/such' }, /SIGNING_KEY_FILE.*ENOENT/],
    [
      'a key that is short',
      { AIVEN_CMK_SIGNING_KEY_FILE: file('pass-word-0123456789-0123456789') },
      /SIGNING_KEY_FILE.*32/,
    ],
    ['a key of one character', { AIVEN_CMK_SIGNING_KEY_FILE: file('a'.repeat(64)) }, /SIGNING_KEY_FILE.*random/],
    ['a key of two lines', { AIVEN_CMK_SIGNING_KEY_FILE: file(`${KEY}\n${KEY}`) }, /SIGNING_KEY_FILE.*one line/],
    ['an empty client secret', { ...PAGE, AIVEN_CMK_OIDC_CLIENT_SECRET_FILE: file('') }, /CLIENT_SECRET_FILE/],
    [
      'a webhook over http',
      { ...PAGE, AIVEN_CMK_WEBHOOK_URL_FILE: file('http://hooks.example/pass-word') },
      /WEBHOOK_URL_FILE.*https/,
    ],
    [
      'a secret without its prefix',
      {
        ...PAGE,
        AIVEN_CMK_WEBHOOK_URL_FILE: file('https://a.example'),
        AIVEN_CMK_WEBHOOK_SECRET_FILE: file('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
      },
      /SECRET_FILE.*whsec_/,
    ],
    [
      'a secret that is short',
      {
        ...PAGE,
        AIVEN_CMK_WEBHOOK_URL_FILE: file('https://a.example'),
        AIVEN_CMK_WEBHOOK_SECRET_FILE: file('whsec_cGFzcy13b3Jk'),
      },
      /SECRET_FILE.*24 to 64/,
    ],
  ])('refuse %s', async (_case, env, message) => {
    const refusal = await served(env).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'invalid_settings', message: expect.stringMatching(message) });
    expect(String(refusal)).not.toMatch(/pass-word|\n/);
  });

  it('take --approval page over stdio, where the page is on loopback, and no longer than an hour for it', async () => {
    const page = { AIVEN_CMK_APPROVAL: 'page' };
    expect(await served(page, [])).toMatchObject({ approval: 'page', desktop: false });
    const day = { ...page, AIVEN_CMK_APPROVAL_TIMEOUT_MS: '86400000' };
    await expect(served(day, [])).rejects.toThrow(/at most 3600000 without/);
  });

  it.each([
    ['AIVEN_CMK_OIDC_CLIENT_ID', 'x', /CLIENT_ID is set without --http/],
    ['AIVEN_CMK_STORE_URL', 'redis://store', /STORE_URL is set without --http/],
    ['AIVEN_CMK_STORE_URL_FILE', '/x', /STORE_URL_FILE is set without --http/],
    ['AIVEN_CMK_SIGNING_KEY_FILE', '/x', /SIGNING_KEY_FILE is set without --http/],
    ['AIVEN_CMK_WEBHOOK_URL_FILE', '/x', /WEBHOOK_URL_FILE is set without/],
    ['AIVEN_CMK_APPROVER', 'other', /APPROVER is set without/],
  ])('refuse %s over stdio', async (name, value, message) => {
    await expect(served({ [name]: value }, [])).rejects.toThrow(message);
  });
});
