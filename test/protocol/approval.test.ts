import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it, vi } from 'vitest';
import { type Asked, CLIENTS, type Start, TOKEN } from '../fixtures/harness.ts';
import { CMKS, ID, KEY, looks, looksAt, type Scene } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const accept = (cmk_id?: string | boolean): ElicitResult => ({
  action: 'accept',
  ...(cmk_id !== undefined && { content: { cmk_id } }),
});

describe.each(CLIENTS)('a deletion, through $title', ({ open }) => {
  /** The humans behind the shared client, by the project they are asked about. */
  const humans = new Map<string, NonNullable<Start['human']>>();
  const human = (asked: Asked) => {
    const project = /^Project: (.*)$/m.exec(asked.message)?.[1] ?? '';
    return humans.get(project)?.(asked) ?? accept('nobody');
  };
  const { api, shared } = openForSuite(open, { shared: { human } });

  /** Lets a client with this human try to delete the key of a scene; a process of its own where it is started its own way. */
  async function attempt({ project }: Scene, { human, ...start }: Start) {
    if (human) humans.set(project, human);
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, ...start.env };
    const client = start.args || start.env ? await open({ ...start, env, ...(human && { human }) }) : shared;
    const outcome = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    // Standard error is another pipe than the answer's, so the line may come a moment later.
    const last = () =>
      client.audit().findLast((line) => line.project === project && line.outcome !== 'approval_requested');
    await vi.waitFor(() => expect(last()).toMatchObject({ outcome: outcome.error?.code ?? 'ok', cmk_id: ID }));
    if (client !== shared) await client.close();
    return { ...outcome, record: last() };
  }

  it.concurrent('asks the human for the id, then looks again, then deletes once', async () => {
    const scene = api.scene(looks);
    const asked: Asked[] = [];
    const human = (question: Asked) => {
      asked.push(question);
      return accept(ID);
    };
    const { payload } = await attempt(scene, { human });
    expect(payload).toStrictEqual({
      cmk: KEY,
      approval: 'form',
      approved_by: 'human',
      warnings: [expect.stringContaining('It is the default')],
    });
    expect(asked).toHaveLength(1);
    const facts = [
      scene.project,
      ID,
      'aws',
      KEY.resource,
      'Default for new services: yes',
      'Services that use it: none',
      'Warning: It is the default.',
    ];
    for (const fact of facts) expect(asked[0]?.message).toContain(fact);
    expect(asked[0]?.requestedSchema).toMatchObject({ type: 'object', required: ['cmk_id'] });
    const look = [`${CMKS}/${ID}`, `${CMKS}/${ID}/service_associations`];
    expect(scene.seen.map(({ path }) => path)).toStrictEqual([...look, ...look, `${CMKS}/${ID}`]);
    expect(scene.writes()).toStrictEqual([`DELETE ${CMKS}/${ID}`]);
  });

  it.concurrent.each<[string, string, () => ElicitResult]>([
    ['declines', 'approval_declined', () => ({ action: 'decline' })],
    ['cancels', 'approval_cancelled', () => ({ action: 'cancel' })],
    ['accepts without content', 'approval_empty', () => accept()],
    ['accepts with nothing typed', 'approval_empty', () => accept('')],
    ['accepts with a yes in another field', 'approval_empty', () => ({ action: 'accept', content: { confirm: true } })],
    ['accepts with true', 'approval_empty', () => accept(true)],
    ['accepts another key', 'approval_wrong_id', () => accept(OTHER)],
    ['accepts with yes', 'approval_wrong_id', () => accept('yes')],
    ['types the id in capitals', 'approval_wrong_id', () => accept(ID.toUpperCase())],
    ['types the id and a space', 'approval_wrong_id', () => accept(`${ID} `)],
    ['types a part of the id', 'approval_wrong_id', () => accept(ID.slice(0, -1))],
  ])('deletes nothing when the human %s', async (_case, code, human) => {
    const scene = api.scene(looks);
    const { error, record } = await attempt(scene, { human });
    expect(error).toMatchObject({ code, retryable: false });
    expect(error?.hint).toContain('Nothing was deleted');
    expect(error?.hint).toContain('Do not retry without new instructions');
    expect(scene.writes()).toStrictEqual([]);
    expect(record).toMatchObject({ outcome: code, client_supports_elicitation: true });
  });

  it.concurrent('deletes nothing when the client fails to ask', async () => {
    const scene = api.scene(looks);
    const human = () => Promise.reject(new Error('no screen'));
    const attempted = attempt(scene, { human });
    // On 2026-07-28 the client's own call fails, as the question never comes back to the server.
    const code = await attempted.then(({ error }) => error?.code).catch(() => 'rejected by the client');
    expect(['approval_failed', 'rejected by the client']).toContain(code);
    expect(scene.writes()).toStrictEqual([]);
  });

  it.concurrent('deletes nothing when the human answers after the time is over', async () => {
    const scene = api.scene(looks);
    const human = () => new Promise<ElicitResult>((resolve) => setTimeout(() => resolve(accept(ID)), 2_100));
    const { error } = await attempt(scene, { human, env: { AIVEN_CMK_APPROVAL_TIMEOUT_MS: '1000' } });
    expect(error).toMatchObject({ code: 'approval_timed_out', hint: expect.stringContaining('Nothing was deleted') });
    expect(scene.writes()).toStrictEqual([]);
  });

  // Alone: beside many others, the time of a call would be over before the person is asked.
  it.sequential('lets the human take longer than a call may take', async () => {
    const scene = api.scene(looks);
    const human = () => new Promise<ElicitResult>((resolve) => setTimeout(() => resolve(accept(ID)), 4_200));
    const { payload } = await attempt(scene, { human, env: { AIVEN_CMK_DEADLINE_MS: '4000' } });
    expect(payload).toMatchObject({ approved_by: 'human' });
  });

  it.concurrent.each([
    ['its default flag changes', 'approval_stale', { ...KEY, default_cmk: false }, []],
    ['its identifier changes', 'approval_stale', { ...KEY, resource: 'arn:other' }, []],
    ['a service starts to use it', 'cmk_in_use', KEY, [{ service_name: 'orders-pg', status: 'activating' }]],
    ['it is another key now', 'unexpected_response', { ...KEY, id: OTHER }, []],
  ])('deletes nothing when, while the human thinks, %s', async (_case, code, cmk, service_associations) => {
    let thinking = false;
    const scene = api.scene((seen) => {
      if (thinking && seen.path.endsWith('associations')) return [200, { service_associations }];
      return looksAt(thinking ? cmk : KEY)(seen);
    });
    const human = () => {
      thinking = true;
      return accept(ID);
    };
    const { error } = await attempt(scene, { human });
    expect(error).toMatchObject({ code, retryable: false });
    expect(scene.writes()).toStrictEqual([]);
  });

  it.concurrent.each([
    ['line breaks', 'x\nServices that use it: none\r\u2028Type yes\u202e\u0000\u001b[2J'],
    ['blank letters', `x${'\u3164'.repeat(80)}Services that use it: none${'\u115f\u1160\uffa0\u2800\u00ad'.repeat(9)}`],
    ['Markdown', 'x  \\\n\n- **Services that use it: none**\n| a | b |\n[x](https://example.com) `y` # z'],
    ['HTML', 'x<br><b>Services that use it: none</b><img src=x onerror=alert(1)>&#10;'],
    ['a label', `x ${'_'.repeat(60)} Services that use it: none`],
  ])('shows the text of the API so that %s in it cannot rewrite the form', async (_case, text) => {
    const hostile = `${text}${'y'.repeat(3_000)}`;
    const scene = api.scene(looksAt({ ...KEY, resource: hostile, provider: hostile, status: hostile }));
    const asked: Asked[] = [];
    const human = (form: Asked) => {
      asked.push(form);
      return { action: 'decline' } as const;
    };
    await attempt(scene, { human });
    const lines = asked[0]?.message.split('\n') ?? [];
    expect(lines).toHaveLength(11);
    expect(asked[0]?.message.match(/Services that use it: none/g)).toHaveLength(1);
    const [, ...details] = lines.slice(0, -1);
    for (const line of details) expect(line).toMatch(/^[A-Za-z ]+: [\w .,:;/@+='…\\{}-]{1,4000}$/);
  });

  it.concurrent.each([
    ['auto', false, 'argument'],
    ['auto', true, 'human'],
    ['argument', true, 'argument'],
    ['argument', false, 'argument'],
    ['required', true, 'human'],
    ['required', false, undefined],
  ] as const)('with --approval %s and a client that can ask: %s, is approved by %s', async (mode, can, approved_by) => {
    const scene = api.scene(looks);
    const human = () => accept(ID);
    const { payload, error, record } = await attempt(scene, { args: ['--approval', mode], ...(can && { human }) });
    expect(payload.approved_by).toBe(approved_by);
    expect(error?.code).toBe(approved_by ? undefined : 'approval_unavailable');
    expect(scene.writes()).toHaveLength(approved_by ? 1 : 0);
    expect(record).toMatchObject({ client_supports_elicitation: can, ...(approved_by && { approved_by }) });
  });
});
