import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, type HttpServer, post, startHttp } from '../fixtures/http-harness.ts';
import { modernCall } from '../fixtures/raw.ts';
import { ID, looks, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-approval-'));
const hash = (token: string) => createHash('sha256').update(token).digest('hex');
/** Two files with a caller of the same name, whose tokens differ. */
const files = ['one', 'two'].map((name) => {
  const file = join(folder, name);
  writeFileSync(file, ['ann', 'bob'].map((who) => `${who} cmk:read,cmk:delete ${hash(`${who}-${name}`)}\n`).join(''));
  return file;
});

describe('approval over HTTP', () => {
  let api: ScriptedApi;
  const servers: HttpServer[] = [];
  const start = async (publicUrl: string, file = files[0] ?? '') => {
    const env = {
      AIVEN_TOKEN: TOKEN,
      AIVEN_API_ORIGIN: api.origin,
      AIVEN_CMK_HTTP_TOKENS_FILE: file,
      AIVEN_CMK_PUBLIC_URL: publicUrl,
    };
    const server = await startHttp([], env);
    servers.push(server);
    return server;
  };
  let server: HttpServer;
  beforeAll(async () => {
    api = await startScriptedApi();
    server = await start('https://one.example.com/mcp');
  });
  afterAll(async () => {
    await Promise.all(servers.map((each) => each.stop()));
    await api.close();
    rmSync(folder, { recursive: true });
  });

  const argumentsFor = (project: string) => ({ project, cmk_id: ID, confirm_cmk_id: ID });

  /** Sends one round of a deletion as a client of 2026-07-28, and returns its result. */
  async function callDelete(at: HttpServer, project: string, token: string, round: object = {}) {
    const params = modernCall('aiven_cmk_delete', argumentsFor(project), round);
    const headers = {
      authorization: `Bearer ${token}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'aiven_cmk_delete',
    };
    const { message } = await post(at.origin, { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, headers);
    return message().result as { requestState?: string; structuredContent?: { error?: { code: string } } } | undefined;
  }
  const accepted = (requestState: string | undefined) => ({
    requestState,
    inputResponses: { approval: { action: 'accept', content: { cmk_id: ID } } },
  });

  it.each(HTTP_CLIENTS)(
    'is not replaced by the argument for a caller that was asked, through $title',
    async (later) => {
      const scene = api.scene(looks);
      const [, modern] = HTTP_CLIENTS;
      const first = await modern?.connect(server.origin, { token: 'ann-one', human: () => ({ action: 'decline' }) });
      const declined = await first?.call('aiven_cmk_delete', argumentsFor(scene.project));
      expect(declined?.error?.code).toBe('approval_declined');
      await first?.close();
      const again = await later.connect(server.origin, { token: 'ann-one' });
      const { error } = await again.call('aiven_cmk_delete', argumentsFor(scene.project));
      expect(error?.code).toBe('approval_unavailable');
      expect(scene.writes()).toHaveLength(0);
      await again.close();
    },
  );

  it('counts on every replica of a deployment, and on no other deployment with the same Aiven token', async () => {
    const [replica, elsewhere, namesake] = await Promise.all([
      start('https://one.example.com/mcp'),
      start('https://two.example.com/mcp'),
      start('https://one.example.com/mcp', files[1]),
    ]);
    const { project, writes } = api.scene(looks);
    const ticket = async () => (await callDelete(server, project, 'ann-one'))?.requestState;
    const code = async (at: HttpServer, token: string) => {
      const result = await callDelete(at, project, token, accepted(await ticket()));
      return result?.structuredContent?.error?.code ?? result?.structuredContent;
    };
    expect(await code(elsewhere, 'ann-one')).toBe('approval_unasked');
    expect(await code(namesake, 'ann-two')).toBe('approval_unasked');
    expect(await code(server, 'bob-one')).toBe('approval_unasked');
    expect(writes()).toHaveLength(0);
    expect(await code(replica, 'ann-one')).toMatchObject({ approved_by: 'human' });
    expect(writes()).toHaveLength(1);
  });
});
