import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS } from '../fixtures/http-harness.ts';
import { AUDIENCE, CLIENT_SECRET, type Issuer, startIssuer } from '../fixtures/oidc-provider.ts';
import { Output } from '../fixtures/output.ts';
import { startProgram } from '../fixtures/processes.ts';
import { ID, looks, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';
import { Visitor } from '../fixtures/visitor.ts';

/** A port that nothing listens on: the issuer has to know the page's address before the program starts. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

describe('an approval with the built program, a real issuer and its page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-flow-'));
  const output = new Output();
  let api: ScriptedApi;
  let issuer: Issuer;
  let origin: string;
  let child: ReturnType<typeof startProgram>;
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    [api, issuer] = await Promise.all([startScriptedApi(), startIssuer(`${origin}/approvals/callback`, [])]);
    const hash = createHash('sha256').update('script-token').digest('hex');
    writeFileSync(join(folder, 'tokens'), `script cmk:read,cmk:delete ${hash} owner=ann\n`);
    writeFileSync(join(folder, 'secret'), CLIENT_SECRET, { mode: 0o600 });
    const env = {
      AIVEN_TOKEN: TOKEN,
      AIVEN_API_ORIGIN: api.origin,
      AIVEN_CMK_APPROVAL: 'page',
      AIVEN_CMK_HTTP_TOKENS_FILE: join(folder, 'tokens'),
      AIVEN_CMK_PUBLIC_URL: `${origin}/mcp`,
      AIVEN_CMK_OIDC_ISSUER: issuer.url,
      AIVEN_CMK_OIDC_AUDIENCE: AUDIENCE,
      AIVEN_CMK_OIDC_RESOURCE: AUDIENCE,
      AIVEN_CMK_OIDC_CLIENT_ID: 'page',
      AIVEN_CMK_OIDC_CLIENT_SECRET_FILE: join(folder, 'secret'),
      AIVEN_CMK_OIDC_SCOPES: 'openid cmk:read cmk:delete',
    };
    child = startProgram(['--http', String(port)], env);
    child.stderr.on('data', (chunk) => output.add(String(chunk))).once('close', () => output.end());
    await output.line('listening on');
  });
  afterAll(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    await Promise.all([api.close(), issuer.close()]);
    rmSync(folder, { recursive: true });
  });

  it.each(HTTP_CLIENTS)('lets the owner of a token decide what its agent may delete, through $title', async (sdk) => {
    const { project, writes } = api.scene(looks);
    const human = () => ({ action: 'accept', content: { cmk_id: ID } }) as const;
    const agent = await sdk.connect(origin, { token: 'script-token', human });
    const call = () => agent.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    const { error } = await call();
    expect(error).toMatchObject({ code: 'approval_pending', retryable: true });
    const { id, url } = (error as unknown as { approval: { id: string; url: string } }).approval;
    expect(url).toBe(`${origin}/approvals/${id}`);
    expect((await fetch(url)).status).toBeLessThan(400);
    expect(writes()).toStrictEqual([]);

    const visitor = new Visitor();
    const page = await visitor.signIn(origin, 'ann', id);
    expect(page.text).toContain(ID);
    expect(page.text).toContain('script');
    const form = page.text.slice(page.text.indexOf(`/approvals/${id}/approve`));
    const nonce = /name="nonce" value="([^"]+)"/.exec(form)?.[1] ?? '';
    await visitor.submit(`${url}/approve`, { confirm: 'yes', reason: '', nonce });
    expect(writes()).toStrictEqual([]);
    await visitor.submit(`${url}/approve`, { confirm: ID, reason: 'retired', nonce });

    const { payload } = await call();
    expect(payload).toMatchObject({ approval: 'page', approved_by: ['ann'] });
    expect(writes()).toHaveLength(1);
    const events = output.audit().filter((line) => line.approval_id === id);
    expect(events.map(({ event }) => event)).toStrictEqual(['approval_requested', 'approval_vote', 'approval_used']);
    expect(events[1]).toMatchObject({ approver_name: 'ann', decision: 'approve', reason: 'retired' });
    expect(output.text()).not.toMatch(new RegExp(`${CLIENT_SECRET}|script-token`));
    await agent.close();
  });
});
