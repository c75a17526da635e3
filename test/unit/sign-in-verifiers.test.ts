import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeFetch } from '../../src/aiven/fetch/node.ts';
import { callerId } from '../../src/core/caller.ts';
import { eitherVerifier } from '../../src/server/http/auth/either-verifier.ts';
import { oidcVerifier } from '../../src/server/http/auth/oidc.ts';
import { StaticTokens } from '../../src/server/http/auth/static-tokens.ts';
import { callerOf } from '../../src/server/session.ts';
import { AUDIENCE, type Issuer, startIssuer } from '../fixtures/issuer.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-verifiers-'));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await issuer.close();
});

/** The static tokens of a file with one line about the token `script-token`. */
function tokensOf(more: string, url: string | undefined = issuer.url, scopes = 'cmk:read'): StaticTokens {
  const file = join(folder, 'tokens');
  writeFileSync(file, `script ${scopes} ${sha256('script-token')}${more}\n`);
  return new StaticTokens(file, url);
}
const oidc = (claim?: string) => oidcVerifier(issuer.url, AUDIENCE, createNodeFetch(), claim);

describe('the owner of a static token', () => {
  it('is the person who signs in at the issuer under that subject', async () => {
    const script = callerOf(await tokensOf(' owner=ada').verifyAccessToken('script-token'), undefined);
    const ada = callerOf(await oidc().verifyAccessToken(await issuer.token()), undefined);
    expect([script.name, script.person]).toStrictEqual(['script', ada.person]);
    expect(script.id).not.toBe(ada.id);
  });

  it('may be a subject of several words', async () => {
    const { extra } = await tokensOf('  owner=auth0|Ada von Ö').verifyAccessToken('script-token');
    expect(extra?.owner).toBe(callerId('auth0|Ada von Ö', issuer.url));
  });

  it('is nobody where none is named', async () => {
    expect((await tokensOf('').verifyAccessToken('script-token')).extra).not.toHaveProperty('owner');
  });

  it.each([
    ' owner=',
    ' owner=a  b',
    ' owner=a\u200Bb',
    ` owner=${'x'.repeat(256)}`,
    ' owner',
    ' person=ada',
    'owner=ada',
  ])('as %j is refused', (more) => {
    expect(() => tokensOf(more)).toThrow(/line 1: a line takes NAME .*owner=SUBJECT/);
  });

  it('takes an issuer, where the person signs in', () => {
    const file = join(folder, 'without-issuer');
    writeFileSync(file, `script cmk:read ${sha256('x')} owner=ada\n`);
    expect(() => new StaticTokens(file)).toThrow(/line 1: an owner takes AIVEN_CMK_OIDC_ISSUER/);
  });
});

describe('static tokens beside an issuer', () => {
  it('both count, each as its own', async () => {
    const verifier = eitherVerifier(tokensOf(''), oidc());
    const script = callerOf(await verifier.verifyAccessToken('script-token'), undefined);
    const ada = callerOf(await verifier.verifyAccessToken(await issuer.token()), undefined);
    expect([script.name, script.issuer, script.person]).toStrictEqual(['script', undefined, undefined]);
    expect([ada.name, ada.issuer, ada.person]).toStrictEqual(['ada', issuer.url, ada.id]);
  });

  it('of one name are different callers', async () => {
    const verifier = eitherVerifier(tokensOf(''), oidc());
    const script = callerOf(await verifier.verifyAccessToken('script-token'), undefined);
    const person = callerOf(await verifier.verifyAccessToken(await issuer.token({ sub: 'script' })), undefined);
    expect(script.name).toBe(person.name);
    expect(script.id).not.toBe(person.id);
  });

  it('leave no other token in, and the issuer is not asked about one of the file', async () => {
    const verifier = eitherVerifier(tokensOf(''), oidc());
    for (const token of ['', 'script', 'other', await issuer.token({ aud: 'other' })]) {
      await expect(verifier.verifyAccessToken(token)).rejects.toThrow('The token is not valid here.');
    }
    const { keys } = issuer.fetched;
    await verifier.verifyAccessToken('script-token');
    expect(issuer.fetched.keys).toBe(keys);
  });

  it('cannot hold the scope of people', () => {
    expect(() => tokensOf('', issuer.url, 'cmk:approve')).toThrow(/line 1/);
  });
});

describe('the claim that is the subject', () => {
  it('names the caller in place of `sub`, and has to be there', async () => {
    const token = await issuer.token({ oid: '0000-1111', sub: 'pairwise' });
    expect((await oidc('oid').verifyAccessToken(token)).clientId).toBe('0000-1111');
    for (const oid of [undefined, '', 7, ['0000-1111'], 'a\u202Eb']) {
      const refused = await issuer.token({ oid, sub: 'pairwise' });
      await expect(oidc('oid').verifyAccessToken(refused)).rejects.toThrow('The token is not valid here.');
    }
  });
});
