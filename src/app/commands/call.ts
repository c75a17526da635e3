import { CmkError } from '../../core/errors.ts';
import type { Command } from '../config/config.ts';
import type { ShellTerminal } from '../wiring.ts';
import { runCall } from './shell-call.ts';
import { toTable } from './table.ts';

/**
 * Calls a tool with arguments as JSON and prints its result as JSON, or as `avn` prints it. Resolves with the exit code of
 * `ShellResult`.
 * @throws CmkError `invalid_settings` for a tool that is not available, or arguments that are not a JSON object.
 */
export async function call(
  { config, tool, json, table, ...rest }: Extract<Command, { kind: 'call' }>,
  terminal: ShellTerminal,
): Promise<number> {
  const { payload, error, exitCode } = await runCall(config, { tool, args: readArguments(json), ...rest }, terminal);
  terminal.print((table && !error && toTable(payload)) || JSON.stringify(payload, null, 2));
  return exitCode;
}

function readArguments(json: string): object {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new CmkError(
      'invalid_settings',
      `call: the arguments are not JSON: it takes an object such as '{"project":"p"}'.`,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CmkError(
    'invalid_settings',
    `call: the arguments are not an object: it takes one such as '{"project":"p"}'.`,
  );
}
