import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS } from '../fixtures/http-harness.ts';
import { CLIENT_SECRET } from '../fixtures/oidc-provider.ts';
import { Output } from '../fixtures/output.ts';
import { openPageEnv, type PageEnv } from '../fixtures/page-env.ts';
import { startProgram } from '../fixtures/processes.ts';
import { ID, looks, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';
import { Visitor } from '../fixtures/visitor.ts';

describe('an approval with the built program, a real issuer and its page', () => {
  const output = new Output();
  let api: ScriptedApi;
  let page: PageEnv;
  let child: ReturnType<typeof startProgram>;
  beforeAll(async () => {
    [api, page] = await Promise.all([startScriptedApi(), openPageEnv('script', 'ann')]);
    child = startProgram(page.args, { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, ...page.env });
    child.stderr.on('data', (chunk) => output.add(String(chunk))).once('close', () => output.end());
    await output.line('listening on');
  });
  afterAll(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    await Promise.all([api.close(), page.close()]);
  });

  it.each(HTTP_CLIENTS)('lets the owner of a token decide what its agent may delete, through $title', async (sdk) => {
    const { origin, token } = page;
    const { project, writes } = api.scene(looks);
    const human = () => ({ action: 'accept', content: { cmk_id: ID } }) as const;
    const agent = await sdk.connect(origin, { token, human });
    const call = () => agent.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    const { error } = await call();
    expect(error).toMatchObject({ code: 'approval_pending', retryable: true });
    const { id, url } = (error as unknown as { approval: { id: string; url: string } }).approval;
    expect(url).toBe(`${origin}/approvals/${id}`);
    expect((await fetch(url)).status).toBeLessThan(400);
    expect(writes()).toStrictEqual([]);

    const visitor = new Visitor();
    const { text } = await visitor.signIn(origin, 'ann', id);
    expect(text).toContain(ID);
    expect(text).toContain('script');
    const form = text.slice(text.indexOf(`/approvals/${id}/approve`));
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
    expect(output.text()).not.toMatch(new RegExp(`${CLIENT_SECRET}|${token}`));
    await agent.close();
  });
});
