import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDesktop, type Desktop } from '../fixtures/desktop.ts';
import { PROGRAM, TOKEN } from '../fixtures/harness.ts';
import { closed, followLink } from '../fixtures/loopback-visitor.ts';
import { Output } from '../fixtures/output.ts';
import { deletable } from '../fixtures/page-server.ts';
import { startProgram } from '../fixtures/processes.ts';
import { quoted, runOnTerminal } from '../fixtures/pty.ts';
import { ID, KEY, type Scene } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const api = apiForSuite();
let desktop: Desktop;
beforeEach(() => {
  desktop = createDesktop();
});
afterEach(() => desktop.remove());

const settings = () => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, ...desktop.env });
const argsFor = ({ project }: Scene) => [
  'call',
  'aiven_cmk_delete',
  JSON.stringify({ project, cmk_id: ID, confirm_cmk_id: ID }),
];

/** Starts a deletion from a shell without a terminal. */
function start(scene: Scene, flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = startProgram([...argsFor(scene), ...flags], { ...settings(), ...env });
  const [stdout, stderr] = [new Output(), new Output()];
  child.stdout.on('data', (chunk) => stdout.add(String(chunk)));
  child.stderr.on('data', (chunk) => stderr.add(String(chunk)));
  const ended = once(child, 'close').then(([code]) => ({
    code: Number(code),
    result: JSON.parse(stdout.text()),
    events: stderr.audit().map(({ event, outcome }) => outcome ?? event),
    stderr: stderr.text(),
  }));
  return { child, stderr, ended };
}

describe('call without a terminal, on a desktop', () => {
  it('waits once, and then withdraws its request and tells of --wait', async () => {
    const scene = api.scene(deletable());
    const { ended } = start(scene, [], { AIVEN_CMK_DEADLINE_MS: '1000' });
    const { code, result, events, stderr } = await ended;
    expect(code).toBe(1);
    const { url } = result.error.approval;
    expect(result.error).toMatchObject({ code: 'approval_pending', hint: expect.stringContaining('--wait') });
    expect(events).toStrictEqual(['approval_requested', 'approval_pending', 'approval_withdrawn']);
    expect(stderr).toContain(`waiting for a decision on ${url}`);
    expect(url).not.toContain('#');
    await closed(url);
    expect(scene.writes()).toStrictEqual([]);
  });

  it('waits with --wait until the person approves, with one window', async () => {
    const scene = api.scene(deletable());
    // A tenth of the time of a call is left for the deletion when the decision comes at the end of its wait.
    const { ended, stderr } = start(scene, ['--wait'], { AIVEN_CMK_DEADLINE_MS: '3000' });
    const person = await followLink(await desktop.link());
    await stderr.line('"outcome":"approval_pending"'); // The first call has ended without a decision.
    await person.decide('approve', ID);
    const { code, result, events } = await ended;
    expect([code, result]).toMatchObject([0, { approval: 'page', approved_by: ['local user'] }]);
    expect(events.at(-1)).toBe('ok');
    expect([desktop.links().length, scene.writes().length]).toStrictEqual([1, 1]);
  });

  it('waits with --wait until the time of the request is over, and asks nobody again', async () => {
    const scene = api.scene(deletable());
    const env = { AIVEN_CMK_DEADLINE_MS: '1000', AIVEN_CMK_APPROVAL_TIMEOUT_MS: '1800' };
    const { code, result, events } = await start(scene, ['--wait'], env).ended;
    expect([code, result.error.code]).toStrictEqual([1, 'approval_timed_out']);
    expect(events.filter((event) => event === 'approval_requested')).toHaveLength(1);
    expect([desktop.links().length, scene.writes()]).toStrictEqual([1, []]);
  });

  it('ends with --wait when what was shown has changed, and asks nobody again', async () => {
    let status = 'current';
    const scene = api.scene(deletable(() => ({ ...KEY, status })));
    const { ended, stderr } = start(scene, ['--wait'], { AIVEN_CMK_DEADLINE_MS: '1000' });
    await stderr.line('"outcome":"approval_pending"');
    status = 'old';
    const { code, result, events } = await ended;
    expect([code, result.error.code]).toStrictEqual([1, 'approval_stale']);
    expect(events.filter((event) => event === 'approval_requested')).toHaveLength(1);
    expect([desktop.links().length, scene.writes()]).toStrictEqual([1, []]);
  });

  it('ends with 130 on Ctrl-C, and withdraws its request', async () => {
    const scene = api.scene(deletable());
    const { child, ended } = start(scene, ['--wait']);
    const person = await followLink(await desktop.link());
    child.kill('SIGINT');
    const { code, events } = await ended;
    expect(code).toBe(130);
    expect(events.at(-1)).toBe('approval_withdrawn');
    await closed(person.url);
    expect(scene.writes()).toStrictEqual([]);
  });
});

describe('call on a terminal, on a desktop', () => {
  it('asks on the page with --approval page, and takes nothing that is typed', async () => {
    const scene = api.scene(deletable());
    const command = quoted([process.execPath, PROGRAM, ...argsFor(scene), '--approval', 'page', '--wait']);
    const terminal = runOnTerminal(command, settings());
    const person = await followLink(await desktop.link());
    terminal.type(`${ID}\n`);
    await terminal.shows('waiting for a decision on');
    expect(terminal.shown()).not.toContain('To approve, type');
    expect(scene.writes()).toStrictEqual([]);
    await person.decide('approve', ID);
    expect(await terminal.ended).toBe(0);
    expect(scene.writes()).toHaveLength(1);
  });

  it('asks there otherwise, and opens no browser', async () => {
    const scene = api.scene(deletable());
    const terminal = runOnTerminal(quoted([process.execPath, PROGRAM, ...argsFor(scene)]), settings());
    await terminal.shows('To approve, type the CMK id.');
    terminal.type(`${ID}\n`);
    expect(await terminal.ended).toBe(0);
    expect([desktop.links(), scene.writes().length]).toStrictEqual([[], 1]);
  });
});
