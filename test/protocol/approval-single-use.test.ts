import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { type Message, modernCall, openRaw, type RawClient } from '../fixtures/raw.ts';
import { ID, KEY, looks, type Scene } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const accept = { approval: { action: 'accept', content: { cmk_id: ID } } };
const decline = { approval: { action: 'decline' } };
const codeOf = (message: Message) =>
  (message.result?.structuredContent as { error?: { code: string } } | undefined)?.error?.code;

describe('an approval', () => {
  const api = apiForSuite();
  let raw: RawClient;
  let scene: Scene;
  beforeEach(async () => {
    raw = await openRaw(['--toolsets', 'cmk,services'], { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });
    scene = api.scene(looks);
  });
  afterEach(() => raw.close());

  const callDelete = (round: object, client = raw) => {
    const args = { project: scene.project, cmk_id: ID, confirm_cmk_id: ID };
    return client.ask('tools/call', modernCall('aiven_cmk_delete', args, round));
  };
  const ticketOf = async (asked: Promise<Message>) => String((await asked).result?.requestState);

  it('counts for one of five deletions that use it at once', async () => {
    const requestState = await ticketOf(callDelete({}));
    const round = { requestState, inputResponses: accept };
    const codes = (await Promise.all(Array.from({ length: 5 }, () => callDelete(round)))).map(codeOf);
    expect(codes.sort()).toStrictEqual([...Array(4).fill('approval_used'), undefined]);
    expect(scene.writes()).toHaveLength(1);
  });

  it('counts once for a move, also after the service was moved back', async () => {
    const service = { service_name: 'pg', cmk_id: null, state: 'RUNNING' };
    const moved = api.scene(({ path }) =>
      path === '/secrets/cmks' ? [200, { cmks: [KEY] }] : [200, { service, cmk: KEY }],
    );
    const args = { project: moved.project, service: 'pg', cmk_id: ID };
    const move = (round: object) => raw.ask('tools/call', modernCall('aiven_cmk_assign', args, round));
    const requestState = await ticketOf(move({}));
    const round = {
      requestState,
      inputResponses: { approval: { action: 'accept', content: { service: 'pg' } } },
    };
    const codes = [];
    for (let n = 0; n < 7; n += 1) codes.push(codeOf(await move(round)));
    expect(codes).toStrictEqual([undefined, ...Array(6).fill('approval_used')]);
    expect(moved.writes()).toHaveLength(1);
  });

  it.each([
    ['a decline', decline, 'approval_declined'],
    ['a cancelled form', { approval: { action: 'cancel' } }, 'approval_cancelled'],
    ['another id', { approval: { action: 'accept', content: { cmk_id: 'x' } } }, 'approval_wrong_id'],
    ['no response', {}, 'approval_failed'],
  ])('cannot follow %s to the same form', async (_case, inputResponses, code) => {
    const requestState = await ticketOf(callDelete({}));
    expect(codeOf(await callDelete({ requestState, inputResponses }))).toBe(code);
    expect(codeOf(await callDelete({ requestState, inputResponses: accept }))).toBe('approval_used');
    expect(scene.writes()).toHaveLength(0);
  });

  it('cannot follow a change of the key, also when the key is as it was again', async () => {
    let cmk = KEY;
    scene = api.scene(({ path }) =>
      path.endsWith('associations') ? [200, { service_associations: [] }] : [200, { cmk }],
    );
    const round = { requestState: await ticketOf(callDelete({})), inputResponses: accept };
    cmk = { ...KEY, default_cmk: false };
    expect(codeOf(await callDelete(round))).toBe('approval_stale');
    cmk = KEY;
    expect(codeOf(await callDelete(round))).toBe('approval_used');
    expect(scene.writes()).toHaveLength(0);
  });

  it.each([
    ['after a decline', decline],
    ['while the form is open', undefined],
  ])('is not replaced by the argument %s, when the client says that it cannot ask', async (_case, inputResponses) => {
    const requestState = await ticketOf(callDelete({}));
    if (inputResponses) await callDelete({ requestState, inputResponses });
    const args = { project: scene.project, cmk_id: ID, confirm_cmk_id: ID };
    const message = await raw.ask('tools/call', modernCall('aiven_cmk_delete', args, {}, {}));
    expect(codeOf(message)).toBe('approval_unavailable');
    expect(scene.writes()).toHaveLength(0);
  });

  it('is not replaced by the argument though the details of the key change', async () => {
    let cmk = KEY;
    scene = api.scene(({ path }) =>
      path.endsWith('associations') ? [200, { service_associations: [] }] : [200, { cmk }],
    );
    await callDelete({});
    cmk = { ...KEY, default_cmk: false };
    const args = { project: scene.project, cmk_id: ID, confirm_cmk_id: ID };
    const message = await raw.ask('tools/call', modernCall('aiven_cmk_delete', args, {}, {}));
    expect(codeOf(message)).toBe('approval_unavailable');
    expect(scene.writes()).toHaveLength(0);
  });

  it('does not count for another server of one client on the same token', async () => {
    const other = await openRaw([], { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });
    const requestState = await ticketOf(callDelete({}, other));
    await other.close();
    expect(codeOf(await callDelete({ requestState, inputResponses: accept }))).toBe('approval_unasked');
    expect(scene.writes()).toHaveLength(0);
  });

  it('takes no envelope of 2026-07-28 on a connection of 2025-11-25', async () => {
    const clientInfo = { name: 'x', version: '1' };
    await raw.ask('initialize', { protocolVersion: '2025-11-25', capabilities: { elicitation: {} }, clientInfo });
    raw.send({ method: 'notifications/initialized' });
    for (const round of [{}, { requestState: 'x', inputResponses: accept }]) {
      expect(codeOf(await callDelete(round))).toBe('approval_failed');
    }
    expect(scene.writes()).toHaveLength(0);
  });
});
