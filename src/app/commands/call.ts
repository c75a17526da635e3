import { Call } from '../../calls/call.ts';
import type { Dependencies } from '../../calls/dependencies.ts';
import type { Session } from '../../calls/session.ts';
import { ANONYMOUS } from '../../core/caller.ts';
import { CmkError, type ErrorCode } from '../../core/errors.ts';
import type { ApprovalForm, FormResponse } from '../../guard/approval/request.ts';
import type { ToolPolicy } from '../../guard/policy.ts';
import { availableTools } from '../../tools/catalog.ts';
import type { Config } from '../config/config.ts';
import { quote } from '../config/invalid-setting.ts';
import { createLocalApproval } from '../loopback/local-approval.ts';
import { createDependencies, type Terminal } from '../wiring.ts';
import { toTable } from './table.ts';
import { hasTerminal, promptOnTerminal } from './terminal.ts';

/** Exit code of a command that Ctrl-C ended, as shells use it: 128 plus the number of SIGINT. */
const EXIT_INTERRUPTED = 130;

/** The hint of a request that ends with the command, in place of one for a client, which would call again. */
const PENDING_HINT =
  'Nothing was deleted or moved, and the request was withdrawn with the end of this command. Give --wait to wait for the decision.';

/** A call of one tool from a shell. */
export interface ShellCall {
  readonly tool: string;
  /** The arguments as JSON. */
  readonly json: string;
  readonly table: boolean;
  /** Whether to call again while a person has not decided on the approval page. */
  readonly wait: boolean;
}

/**
 * Calls a tool and prints its result. Resolves with the exit code: 1 if the call failed, 130 if Ctrl-C ended it, otherwise 0.
 * @throws CmkError `invalid_settings`
 */
export async function call(config: Config, shellCall: ShellCall, terminal: Terminal): Promise<number> {
  const local = createLocalApproval(config, () => dependencies, true);
  const dependencies = createDependencies(config, terminal, undefined, { pages: local.pages });
  try {
    const interrupt = new AbortController();
    process.once('SIGINT', () => interrupt.abort()); // A second one ends the process.
    const { text, failed } = await callOnce(dependencies, config, shellCall, interrupt.signal);
    terminal.print(text);
    if (failed) return interrupt.signal.aborted ? EXIT_INTERRUPTED : 1;
    return 0;
  } finally {
    await local.close();
    await dependencies.audit.flush().catch(() => {}); // Standard error may not be read.
  }
}

/**
 * Calls a tool with the same guards and the same audit record as a client's call. If there is a controlling terminal, the
 * person there is asked, also when the output is a pipe. With `wait`, it is called again while a person has not decided.
 * Resolves with the text to print and whether the call failed.
 * @throws CmkError `invalid_settings` for a tool that is not available, or arguments that are not a JSON object.
 */
async function callOnce(
  dependencies: Dependencies,
  policy: ToolPolicy,
  { tool: name, json, table, wait }: ShellCall,
  signal: AbortSignal,
) {
  const tools = availableTools(policy);
  const tool = tools.find((each) => each.name === name);
  if (!tool) {
    const names = tools.map((each) => each.name).join(', ');
    throw new CmkError('invalid_settings', `call: ${quote(name)} is no available tool: it takes one of ${names}.`);
  }
  const invocation = { session: shellSession(signal), signal };
  const args = readArguments(json);
  for (;;) {
    const result = await new Call(tool, args, invocation, dependencies).run();
    if (result.kind === 'form') throw new CmkError('internal', 'The call ended with a form.');
    const { payload, isError } = result;
    const isPending = isError && isErrorOf(payload, 'approval_pending');
    if (isPending && wait && !signal.aborted) continue;
    const shown = isPending ? withHint(payload, PENDING_HINT) : payload;
    const text = (table && !isError && toTable(payload)) || JSON.stringify(shown, null, 2);
    return { text, failed: isError };
  }
}

function isErrorOf({ error }: Record<string, unknown>, code: ErrorCode): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === code;
}

function withHint(payload: Record<string, unknown>, hint: string): object {
  return { ...payload, error: { ...Object(payload.error), hint } };
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

/** Returns the session of a call from a shell. */
function shellSession(signal: AbortSignal): Session {
  return {
    caller: { name: 'shell', id: ANONYMOUS, client: 'shell' },
    supportsElicitation: hasTerminal(),
    supportsUrl: false,
    elicit: (form, timeoutMs) => elicit(form, timeoutMs, signal),
  };
}

async function elicit({ message, field }: ApprovalForm, timeoutMs: number, signal: AbortSignal): Promise<FormResponse> {
  const input = await promptOnTerminal(message, { timeoutMs, signal });
  if (input.kind === 'timed_out') {
    throw new CmkError('approval_timed_out', `No person answered within ${timeoutMs} ms.`);
  }
  if (input.kind === 'cancelled') throw new CmkError('approval_cancelled', 'The person cancelled the question.');
  return { action: input.text === '' ? 'decline' : 'accept', content: { [field.name]: input.text } };
}
