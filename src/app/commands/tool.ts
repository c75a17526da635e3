import { availableTools } from '../../tools/catalog.ts';
import { flagOf } from '../command-line/tool-commands.ts';
import type { Command, Config } from '../config/config.ts';
import { invalidSetting } from '../config/invalid-setting.ts';
import type { ShellTerminal } from '../wiring.ts';
import { runCall } from './shell-call.ts';
import { hasTerminal } from './terminal.ts';
import { describeError } from './views/error-view.ts';
import { Paper } from './views/paper.ts';
import { describeResult } from './views/result-view.ts';

/** The project of a sandbox, where none is named. */
const SANDBOX_PROJECT = 'sandbox';

/**
 * Calls a tool by its command. On a terminal, prints its result as a person reads it and a failure on standard error; elsewhere,
 * and with `json`, as JSON. Resolves with the exit code of `ShellResult`.
 * @throws CmkError `invalid_settings` for a command that is not available or lacks an argument.
 */
export async function callTool(
  { config: given, call, json, wide, terraform, verbose, wait }: Extract<Command, { kind: 'tool' }>,
  terminal: ShellTerminal,
): Promise<number> {
  const { command, name, args } = call;
  if (!availableTools(given).some((tool) => tool.name === name)) {
    throw invalidSetting(
      command,
      'is switched off',
      'leave out --read-only (AIVEN_CMK_READ_ONLY), or name its toolset in --toolsets',
    );
  }
  const { config, confirmed } = confirm(given, call);
  const project = config.projects.length === 0 && config.sandbox ? SANDBOX_PROJECT : config.projects[0];
  if (project === undefined || config.projects.length > 1) {
    const fact = project === undefined ? 'is missing' : 'is more than one';
    throw invalidSetting('--project', fact, `write ${command} --project NAME, or set AIVEN_CMK_PROJECT`);
  }
  const request = { tool: name, args: { project, ...args, ...confirmed }, verbose, wait };
  const { payload, error, exitCode } = await runCall(config, request, terminal);
  if (terraform && !error) return printConfiguration(payload, terminal);
  const screen = terminal.screen();
  if (json || !(screen.isTerminal || wide)) terminal.print(JSON.stringify(payload, null, 2));
  else if (error) {
    const paper = new Paper(terminal.errorScreen(), wide);
    await terminal.writeLine(`${describeError(error, paper)}\n`).catch(() => {}); // Standard error may be closed.
  } else terminal.print(describeResult(command, payload, new Paper(screen, wide)));
  return exitCode;
}

/** Prints a configuration for Terraform, and on standard error which keys it leaves out. Resolves with the exit code 0. */
async function printConfiguration(
  payload: Readonly<Record<string, unknown>>,
  { print, log }: ShellTerminal,
): Promise<number> {
  const { exportText, exportWarnings } = await import('./export.ts');
  for (const line of exportWarnings(payload)) log(line);
  print(exportText(payload));
  return 0;
}

/**
 * Returns the arguments that repeat another one, and the settings of the call. Where a person will have to type the id at the
 * question, they need not type it as a flag, too; a person is required then.
 * @throws CmkError `invalid_settings` if nobody will be asked and the argument is missing.
 */
function confirm(
  config: Config,
  { command, name, args }: Extract<Command, { kind: 'tool' }>['call'],
): { config: Config; confirmed: Record<string, unknown> } {
  const { properties } = availableTools(config).find((tool) => tool.name === name)?.inputSchema ?? { properties: {} };
  const missing = Object.keys(properties).filter((each) => each.startsWith('confirm_') && args[each] === undefined);
  if (missing.length === 0) return { config, confirmed: {} };
  const confirmed = Object.fromEntries(missing.map((each) => [each, args[each.replace('confirm_', '')]]));
  if (args.dry_run === true) return { config, confirmed };
  const isAsked = hasTerminal() && (config.approval === 'auto' || config.approval === 'required');
  if (isAsked) return { config: { ...config, approval: 'required' }, confirmed };
  const [flag = ''] = missing.map(flagOf);
  throw invalidSetting(
    `--${flag}`,
    'is missing',
    `nobody is asked here, so ${command} takes the same id a second time`,
  );
}
