import { candidatesFor } from '../command-line/candidates.ts';
import { SHELLS } from '../command-line/commands.ts';
import { COMPLETION_SCRIPTS } from '../command-line/completion-scripts.ts';
import { invalidSetting, quote } from '../config/invalid-setting.ts';
import type { Terminal } from '../wiring.ts';

/**
 * Prints the script that completes commands and flags in a shell, or, when that script runs `complete -- WORDS`, what comes next.
 * @throws CmkError `invalid_settings` for a shell that is not known.
 */
export function complete([first, ...rest]: readonly string[], { print }: Terminal): number {
  if (first === 'complete') {
    const candidates = candidatesFor(rest.slice(rest.indexOf('--') + 1));
    if (candidates.length > 0) print(candidates.map(({ value, help }) => `${value}\t${help}`).join('\n'));
    return 0;
  }
  const shell = SHELLS.find((each) => each === first);
  if (shell !== undefined) {
    print(COMPLETION_SCRIPTS[shell]);
    return 0;
  }
  const fact = first === undefined ? 'lacks a shell' : `is given ${quote(first)}`;
  throw invalidSetting('completion', fact, `it takes one of ${SHELLS.join(', ')}`);
}
