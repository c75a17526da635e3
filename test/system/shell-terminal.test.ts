import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { PROGRAM, TOKEN } from '../fixtures/harness.ts';
import { type OnTerminal, quoted, runOnTerminal } from '../fixtures/pty.ts';
import { CMKS, ID, KEY, looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const [CTRL_C, CTRL_D] = ['\u0003', '\u0004'];

/** Runs the program on a terminal of a width. */
function start(
  args: readonly string[],
  env: Record<string, string> = {},
  { columns = 80, after = '' } = {},
): OnTerminal {
  const command = quoted([process.execPath, PROGRAM, ...args]);
  // Without `exec`, Ctrl-C would end the shell, too, whose exit code would hide the program's.
  return runOnTerminal(`stty cols ${columns}; ${after ? '' : 'exec'} ${command} ${after}`, {
    TERM: 'xterm-256color',
    CI: '',
    ...env,
  });
}

/** Runs the program to its end; resolves with what a person sees, line by line, and the exit code. */
async function see(args: readonly string[], env: Record<string, string> = {}, columns = 80) {
  const terminal = start(args, env, { columns });
  const code = await terminal.ended;
  const text = terminal.shown().replaceAll('\r\n', '\n');
  return { code, text, lines: stripVTControlCharacters(text).trimEnd().split('\n') };
}

describe('on a terminal, a person', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-terminal-'));
  const api = apiForSuite();
  afterAll(() => rmSync(folder, { recursive: true }));
  const envOf = (project: string, more: Record<string, string> = {}) => ({
    AIVEN_CMK_TOKEN: TOKEN,
    AIVEN_CMK_API_ORIGIN: api.origin,
    AIVEN_CMK_PROJECT: project,
    ...more,
  });

  it.each([80, 40])('sees keys in %i columns, and no audit line', async (columns) => {
    const { code, lines, text } = await see(['list', '--sandbox'], {}, columns);
    expect(code).toBe(0);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toMatch(/11111111-1111-4111-8111-111111111111.*yes.*arn:aws:\S*…/s);
    expect(text).not.toContain('"event"');
    expect(text).toContain('\u001b[1m');
  });

  it('sees no colours with NO_COLOR, and audit lines with --verbose', async () => {
    const { text } = await see(['list', '--project', 'sandbox-empty', '--sandbox', '--verbose'], { NO_COLOR: '1' });
    expect(text).toMatch(/^\{"time".*"event":"call".*\}\nThis project has no keys\.\n$/);
  });

  it('reads an error and a hint in words, also of a name that is not known', async () => {
    const { project } = api.scene(() => [404, { message: 'CMK does not exist' }]);
    const failed = await see(['get', ID], envOf(project));
    expect(failed.code).toBe(1);
    expect(failed.lines.join(' ')).toMatch(
      /^error: .*CMK does not exist.* hint: The project has no such key, or no longer: aiven-cmk-mcp list shows/,
    );
    const unknown = await see(['lsit', '--sandbox']);
    expect([unknown.code, unknown.text]).toStrictEqual([
      2,
      expect.stringMatching(/^error: command "lsit" .*did you mean list\?/),
    ]);
  });

  it('is told while a read is tried again', async () => {
    const { project } = api.scene((_seen, _response, count) => (count === 1 ? [503, {}] : [200, { cmks: [KEY] }]));
    const { code, lines } = await see(['list'], envOf(project));
    expect([code, lines[0]]).toStrictEqual([0, 'Aiven did not respond as expected; retrying the read.']);
  });

  /** Starts a deletion with the id given once, and waits until the person is asked. */
  async function remove(args: readonly string[] = [], after = '') {
    const { project, writes } = api.scene(looks);
    const audit = join(folder, `${project}.jsonl`);
    const terminal = start(['delete', ID, ...args], envOf(project, { AIVEN_CMK_AUDIT_FILE: audit }), { after });
    await terminal.shows('To approve, type the CMK id.');
    const outcome = () => JSON.parse(readFileSync(audit, 'utf8').trim().split('\n').at(-1) ?? '').outcome;
    return { terminal, writes, outcome };
  }

  it.each([
    ['its own output', '', /Deleted\./],
    ['its output in a pipe', '| cat', /"approval": "form"/],
  ])('types the id of a key to delete it at the question, with %s', async (_case, after, shown) => {
    const { terminal, writes, outcome } = await remove([], after);
    expect(writes()).toStrictEqual([]);
    terminal.type(` ${ID}  \n`);
    expect([await terminal.ended, outcome(), writes()]).toStrictEqual([0, 'ok', [`DELETE ${CMKS}/${ID}`]]);
    expect(terminal.shown()).toMatch(shown);
  });

  it.each([
    ['Ctrl-C', CTRL_C, 130, 'approval_cancelled', 'error: The person cancelled the question.'],
    ['Ctrl-D', CTRL_D, 130, 'approval_cancelled', 'error: The person cancelled the question.'],
    ['another id', 'x\n', 1, 'approval_wrong_id', 'Run the command again'],
  ])('deletes nothing with %s', async (_case, typed, code, error, told) => {
    const { terminal, writes, outcome } = await remove();
    terminal.type(typed);
    expect([await terminal.ended, outcome(), writes()]).toStrictEqual([code, error, []]);
    expect(stripVTControlCharacters(terminal.shown()).replaceAll('\r\n', ' ')).toContain(told);
  });

  it.each([
    ['--yes', ['--yes', '--confirm-cmk-id', ID]],
    ['--approval argument', ['--approval', 'argument', '--confirm-cmk-id', ID]],
  ])('is not asked with %s', async (_case, args) => {
    const { project, writes } = api.scene(looks);
    const { code } = await see(['delete', ID, ...args], envOf(project));
    expect([code, writes()]).toStrictEqual([0, [`DELETE ${CMKS}/${ID}`]]);
  });

  it('is told that a server waits for a client, and ends it with Ctrl-C', async () => {
    const terminal = start(['--sandbox']);
    await terminal.shows('an MCP server waits for a client on standard input and output; Ctrl-C stops it');
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(0);
  });
});
