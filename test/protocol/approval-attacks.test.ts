import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { type Message, modernCall, openRaw, type RawClient } from '../fixtures/raw.ts';
import { ID, KEY, looks, looksAt, type Scene } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const yes = { approval: { action: 'accept', content: { cmk_id: ID } } };

describe('a client that cheats', () => {
  const api = apiForSuite();
  let raw: RawClient;
  let scene: Scene;
  beforeEach(async () => {
    raw = await openRaw([], { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });
    scene = api.scene((seen) => looksAt({ ...KEY, id: seen.path.split('/')[3] })(seen));
  });
  afterEach(() => raw.close());

  async function remove(round: object, cmk_id = ID, project = scene.project): Promise<Message['result']> {
    const args = { project, cmk_id, confirm_cmk_id: cmk_id };
    const { result } = await raw.ask('tools/call', modernCall('aiven_cmk_delete', args, round));
    return result;
  }
  const code = (result: Message['result']) => (result?.structuredContent as { error?: { code: string } })?.error?.code;

  it('is asked, and with the honest answer deletes', async () => {
    const first = await remove({});
    expect(first).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) });
    const second = await remove({ requestState: first?.requestState, inputResponses: yes });
    expect(second?.structuredContent).toMatchObject({ approved_by: 'human' });
    expect(scene.writes()).toHaveLength(1);
  });

  it.each([
    ['an answer without a question', { inputResponses: yes }],
    ['an empty set of answers without a question', { inputResponses: {} }],
    ['a state it made up', { requestState: 'v1.e30.AAAA', inputResponses: yes }],
    ['an empty state', { requestState: '', inputResponses: yes }],
  ])('is refused with %s', async (_case, round) => {
    expect(code(await remove(round))).toBe('approval_unasked');
    expect(scene.writes()).toHaveLength(0);
  });

  it('is refused with a signed state that it changed', async () => {
    const { requestState } = (await remove({})) as { requestState: string };
    const [version, body = '', tag] = requestState.split('.');
    const forged = JSON.parse(Buffer.from(body, 'base64url').toString());
    forged.exp += 1;
    const changed = [version, Buffer.from(JSON.stringify(forged)).toString('base64url'), tag].join('.');
    expect(code(await remove({ requestState: changed, inputResponses: yes }))).toBe('approval_unasked');
    expect(scene.writes()).toHaveLength(0);
  });

  it('is refused with the question about another key, and with that of another project', async () => {
    const { requestState } = (await remove({}, OTHER)) as { requestState: string };
    expect(code(await remove({ requestState, inputResponses: yes }))).toBe('approval_unasked');
    const elsewhere = api.scene(looks);
    const own = (await remove({})) as { requestState: string };
    const round = { requestState: own.requestState, inputResponses: yes };
    expect(code(await remove(round, ID, elsewhere.project))).toBe('approval_unasked');
    expect([...scene.writes(), ...elsewhere.writes()]).toHaveLength(0);
  });

  it('is refused with the state of a server that has another token', async () => {
    const other = await openRaw([], { AIVEN_TOKEN: `${TOKEN}x`, AIVEN_API_ORIGIN: api.origin });
    const args = { project: scene.project, cmk_id: ID, confirm_cmk_id: ID };
    const { result } = await other.ask('tools/call', modernCall('aiven_cmk_delete', args));
    await other.close();
    expect(code(await remove({ requestState: result?.requestState, inputResponses: yes }))).toBe('approval_unasked');
    expect(scene.writes()).toHaveLength(0);
  });

  it.each([
    ['no answers', undefined],
    ['an answer under another name', { other: yes.approval }],
    ['an answer of another kind', { approval: { role: 'user', content: { type: 'text', text: ID } } }],
    ['an answer that is a list', { approval: [ID] }],
    ['an answer without an action', { approval: { content: { cmk_id: ID } } }],
  ])('is refused when it returns the question with %s', async (_case, inputResponses) => {
    const { requestState } = (await remove({})) as { requestState: string };
    expect(code(await remove({ requestState, ...(inputResponses && { inputResponses }) }))).toBe('approval_failed');
    expect(scene.writes()).toHaveLength(0);
  });

  it('checks the arguments again on every round', async () => {
    const { requestState } = (await remove({})) as { requestState: string };
    const args = { project: scene.project, cmk_id: ID, confirm_cmk_id: OTHER };
    const { result } = await raw.ask(
      'tools/call',
      modernCall('aiven_cmk_delete', args, { requestState, inputResponses: yes }),
    );
    expect(code(result)).toBe('confirmation_mismatch');
    expect(scene.writes()).toHaveLength(0);
  });

  it('gains nothing from answers on an older connection', async () => {
    await raw.ask('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: { elicitation: {} },
      clientInfo: { name: 'x', version: '1' },
    });
    raw.send({ method: 'notifications/initialized' });
    const asked = new Promise<Message>((resolve) => {
      raw.onMessage = resolve;
    });
    const args = { project: scene.project, cmk_id: ID, confirm_cmk_id: ID };
    const called = raw.ask('tools/call', {
      name: 'aiven_cmk_delete',
      arguments: args,
      inputResponses: yes,
      requestState: 'x',
    });
    const first = await Promise.race([called, asked]);
    if (first.method) raw.send({ id: first.id, result: { action: 'decline' } });
    expect(['approval_unasked', 'approval_declined']).toContain(code((await called).result));
    expect(scene.writes()).toHaveLength(0);
  });
});
