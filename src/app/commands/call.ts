import { createInterface } from 'node:readline/promises';
import { Call } from '../../calls/call.ts';
import type { Dependencies } from '../../calls/dependencies.ts';
import type { Session } from '../../calls/session.ts';
import { ANONYMOUS } from '../../core/caller.ts';
import { CmkError } from '../../core/errors.ts';
import type { ApprovalForm, FormResponse } from '../../guard/approval/request.ts';
import type { ToolPolicy } from '../../guard/policy.ts';
import { availableTools } from '../../tools/catalog.ts';
import type { Config } from '../config/config.ts';
import { createDependencies, type Terminal } from '../wiring.ts';
import { toTable } from './table.ts';

/** A call of one tool from a shell. */
export interface ShellCall {
  readonly tool: string;
  /** The arguments as JSON. */
  readonly json: string;
  readonly table: boolean;
}

/** Calls a tool and prints its result. Resolves with 1 when the call failed. @throws CmkError `invalid_settings` */
export async function call(config: Config, shellCall: ShellCall, terminal: Terminal): Promise<number> {
  const dependencies = createDependencies(config, terminal);
  try {
    const { text, failed } = await callOnce(dependencies, config, shellCall);
    terminal.print(text);
    return failed ? 1 : 0;
  } finally {
    await dependencies.audit.flush().catch(() => {}); // Standard error may not be read.
  }
}

/**
 * Calls a tool with the same guards and the same record as a client's call. On a terminal the person there is asked.
 * Resolves with what to print and whether the call failed.
 * @throws CmkError `invalid_settings` for a tool that is not available, or arguments that are no JSON object.
 */
async function callOnce(dependencies: Dependencies, policy: ToolPolicy, { tool: name, json, table }: ShellCall) {
  const tools = availableTools(policy);
  const tool = tools.find((each) => each.name === name);
  if (!tool) {
    const names = tools.map((each) => each.name).join(', ');
    throw new CmkError(
      'invalid_settings',
      `call: ${JSON.stringify(name.slice(0, 60))} is no tool here: it takes one of ${names}.`,
    );
  }
  const cancel = new AbortController();
  process.once('SIGINT', () => cancel.abort());
  const invocation = { session: shellSession(), signal: cancel.signal };
  const result = await new Call(tool, readArguments(json), invocation, dependencies).run();
  if (result.kind === 'form') throw new CmkError('internal', 'The call ended with a form.');
  const { payload, isError } = result;
  const text = (table && !isError && toTable(payload)) || JSON.stringify(payload, null, 2);
  return { text, failed: isError };
}

function readArguments(json: string): object {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new CmkError(
      'invalid_settings',
      `call: the arguments are no JSON: it takes an object such as '{"project":"p"}'.`,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CmkError('invalid_settings', `call: the arguments are no object: it takes one such as '{"project":"p"}'.`);
}

/** The person, or the script, at the shell. */
function shellSession(): Session {
  const supportsElicitation = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return { caller: { name: 'shell', id: ANONYMOUS }, supportsElicitation, elicit };
}

async function elicit({ message, field }: ApprovalForm, timeoutMs: number): Promise<FormResponse> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const typed = await terminal.question(`${message}\n> `, { signal: AbortSignal.timeout(timeoutMs) });
    return { action: typed === '' ? 'decline' : 'accept', content: { [field.name]: typed } };
  } catch (cause) {
    throw new CmkError('approval_timed_out', `No person answered within ${timeoutMs} ms.`, { cause });
  } finally {
    terminal.close();
  }
}
