import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { PROGRAM, TOKEN } from '../fixtures/harness.ts';
import { type OnTerminal, quoted, runOnTerminal } from '../fixtures/pty.ts';
import { CMKS, ID, looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const [CTRL_C, CTRL_D] = ['\u0003', '\u0004'];

const terminals: OnTerminal[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
});
function start(command: string, env: Record<string, string> = {}): OnTerminal {
  const terminal = runOnTerminal(command, env);
  terminals.push(terminal);
  return terminal;
}

describe('call on a terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-terminal-'));
  const api = apiForSuite();
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Starts a deletion whose streams are redirected so, and waits until the person is asked. */
  async function remove(redirected: string, more: Record<string, string> = {}) {
    const { project, writes } = api.scene(looks);
    const args = JSON.stringify({ project, cmk_id: ID, confirm_cmk_id: ID });
    const command = quoted([process.execPath, PROGRAM, 'call', 'aiven_cmk_delete', args]);
    const record = join(folder, `${project}.jsonl`);
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, AIVEN_CMK_AUDIT_FILE: record, ...more };
    const terminal = start(`${command} ${redirected}`, env);
    await terminal.shows('To approve, type the CMK id.');
    const outcome = () => JSON.parse(readFileSync(record, 'utf8').trim().split('\n').at(-1) ?? '').outcome;
    return { terminal, writes, outcome };
  }

  it.each([
    ['nothing redirected', ''],
    ['its output in a pipe', '| cat'],
    ['its output in a file', '> /dev/null'],
    ['all of its streams elsewhere', '< /dev/null 2> /dev/null | cat'],
    ['an id in its input', `<<< ${ID} | cat`],
  ])('asks the person there with %s', async (_case, redirected) => {
    const { terminal, writes } = await remove(redirected.replace(/<<< (\S+) (.*)/, '<<END $2\n$1\nEND\n'));
    expect(writes()).toStrictEqual([]);
    terminal.type(`  ${ID} \n`);
    expect(await terminal.ended).toBe(0);
    expect(writes()).toStrictEqual([`DELETE ${CMKS}/${ID}`]);
  });

  it.each([
    ['Ctrl-C', CTRL_C, 130, 'approval_cancelled'],
    ['Ctrl-D', CTRL_D, 130, 'approval_cancelled'],
    ['Ctrl-D after half an id', `${ID.slice(0, 8)}${CTRL_D}${CTRL_D}`, 130, 'approval_cancelled'],
    ['an empty line', '\n', 1, 'approval_declined'],
    ['another id', `${ID.replace('1', '2')}\n`, 1, 'approval_wrong_id'],
  ])('deletes nothing on %s', async (_case, typed, code, error) => {
    const { terminal, writes, outcome } = await remove('');
    terminal.type(typed);
    expect([await terminal.ended, outcome(), writes()]).toStrictEqual([code, error, []]);
  });

  it('deletes nothing when nobody answers', async () => {
    const { terminal, writes, outcome } = await remove('| cat; exit 7', { AIVEN_CMK_APPROVAL_TIMEOUT_MS: '1000' });
    expect([await terminal.ended, outcome(), writes()]).toStrictEqual([7, 'approval_timed_out', []]);
  });
});

describe('a question on a terminal', () => {
  const ask = (text: string, before = '') =>
    start(
      `${before} ${quoted([process.execPath, '--import', 'tsx', 'test/fixtures/prompt-on-terminal.ts', JSON.stringify(text)])}`,
    );

  it('cannot control the terminal', async () => {
    const terminal = ask('one\u001b[2J\u009b31m\u0007\r two\u202e\nthree\u001b]0;title\u0007');
    await terminal.shows('> ');
    terminal.type('x\n');
    await terminal.ended;
    expect(terminal.shown()).toMatch(/^one \[2J 31m two\r\nthree \]0;title\r\n> /);
  });

  it.each(['typed\n', 'half a line', `typed\n${CTRL_D}`])(
    'takes no %j that was typed before it was shown',
    async (early) => {
      const terminal = ask('sure?', 'echo ready; head -n 1 > /dev/null; ');
      await terminal.shows('ready');
      terminal.type(`go\n${early}`);
      await terminal.shows('> ');
      terminal.type('answer\n');
      await terminal.ended;
      expect(terminal.shown()).toContain('answer {"kind":"typed","text":"answer"}');
    },
  );
});
