import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM } from '../fixtures/harness.ts';
import { runOnTerminal } from '../fixtures/pty.ts';
import { marked } from '../fixtures/run-variable.ts';

describe('the script of completion', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-completion-'));
  const env = marked({
    PATH: `${folder}:${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: folder,
    TERM: 'xterm',
  });
  beforeAll(() => {
    symlinkSync(PROGRAM, join(folder, 'aiven-cmk-mcp'));
    writeFileSync(join(folder, 'sandbox.json'), '');
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout } = spawnSync(process.execPath, [PROGRAM, 'completion', shell], { encoding: 'utf8', env });
      writeFileSync(join(folder, `script.${shell}`), stdout);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** How to start each shell with its script. */
  const STARTS = {
    bash: 'bash --norc -i',
    zsh: 'zsh -f -i',
    fish: 'fish --no-config -i',
  };
  const PREPARE = {
    bash: 'PS1="rea""dy$ "; . ./script.bash',
    zsh: 'PS1="rea""dy$ "; autoload -Uz compinit; compinit -u -D; . ./script.zsh',
    fish: 'function fish_prompt; echo "rea""dy\\$ "; end; source ./script.fish',
  };

  it.each(['bash', 'zsh', 'fish'] as const)('completes commands, values and paths in %s', async (shell) => {
    const terminal = runOnTerminal(`cd ${folder}; stty cols 200; ${STARTS[shell]}`, env);
    terminal.type(`${PREPARE[shell]}\n`);
    await terminal.shows('ready$ ');
    // A shell may write only what it adds to what was typed.
    terminal.type('aiven-cmk-mcp check\t');
    await terminal.shows('-access');
    terminal.type('\u0015aiven-cmk-mcp create --provider az\t');
    await terminal.shows('ure');
    terminal.type('\u0015aiven-cmk-mcp list --state sandb\t');
    await terminal.shows('ox.json');
    terminal.type('\u0015exit\n');
    expect(await terminal.ended).toBe(0);
  });
});
