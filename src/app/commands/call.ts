import { type InputRequiredResult, isInputRequiredResult, type ServerContext } from '@modelcontextprotocol/server';
import { Call, type Dependencies } from '../../calls/call.ts';
import type { Session } from '../../calls/session.ts';
import { CmkError } from '../../core/errors.ts';
import { APPROVAL } from '../../guard/policy.ts';
import { availableTools, type ToolPolicy } from '../../tools/catalog.ts';
import type { Config } from '../config/config.ts';
import { quote } from '../config/invalid-setting.ts';
import { createDependencies, type Terminal } from '../wiring.ts';
import { toTable } from './table.ts';
import { askOnTerminal, hasTerminal } from './terminal.ts';

/** The exit code of a command that Ctrl-C ended, as shells use it: 128 and the number of SIGINT. */
const EXIT_INTERRUPTED = 130;

/** A call of one tool from a shell. */
export interface ShellCall {
  readonly tool: string;
  /** The arguments as JSON. */
  readonly json: string;
  readonly table: boolean;
}

/**
 * Calls a tool and prints its result. Resolves with 1 when the call failed, 130 when Ctrl-C ended it, and 0 otherwise.
 * @throws CmkError `invalid_settings`
 */
export async function call(config: Config, shellCall: ShellCall, terminal: Terminal): Promise<number> {
  const dependencies = createDependencies(config, terminal);
  try {
    const interrupt = new AbortController();
    process.once('SIGINT', () => interrupt.abort()); // A second one ends the process.
    const { text, failed } = await callOnce(dependencies, config, shellCall, interrupt.signal);
    terminal.print(text);
    if (failed) return interrupt.signal.aborted ? EXIT_INTERRUPTED : 1;
    return 0;
  } finally {
    await dependencies.audit.flush().catch(() => {}); // Standard error may not be read.
  }
}

/**
 * Calls a tool with the same guards and the same record as a client's call. Where there is a controlling terminal, the
 * person there is asked, also in a pipe.
 * Resolves with what to print and whether the call failed.
 * @throws CmkError `invalid_settings` for a tool that is not offered, or arguments that are no JSON object.
 */
async function callOnce(
  services: Dependencies,
  limits: ToolPolicy,
  { tool: name, json, table }: ShellCall,
  signal: AbortSignal,
) {
  const tools = availableTools(limits);
  const tool = tools.find((each) => each.name === name);
  if (!tool) {
    const names = tools.map((each) => each.name).join(', ');
    throw new CmkError('invalid_settings', `call: ${quote(name)} is no tool here: it takes one of ${names}.`);
  }
  const mcpReq = { id: 0, method: 'tools/call', signal, requestState: () => undefined };
  const context = { mcpReq } as unknown as ServerContext; // All that a call reads of a request.
  const result = await new Call(tool, readArguments(json), shellSession(signal), services).answer(context);
  if (isInputRequiredResult(result)) throw new CmkError('internal', 'The call ended with a question.');
  const payload = (result.structuredContent ?? {}) as Record<string, unknown>;
  const text = (table && !result.isError && toTable(payload)) || JSON.stringify(payload, null, 2);
  return { text, failed: result.isError === true };
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
function shellSession(signal: AbortSignal): Session {
  return {
    caller: 'shell',
    supportsElicitation: hasTerminal(),
    ask: (question, timeoutMs) => ask(question, timeoutMs, signal),
  };
}

async function ask(
  question: InputRequiredResult,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const request = question.inputRequests?.[APPROVAL];
  const params = request?.method === 'elicitation/create' ? request.params : undefined;
  const schema = params && 'requestedSchema' in params ? params.requestedSchema : undefined;
  const [field = ''] = Object.keys(schema?.properties ?? {});
  const answer = await askOnTerminal(params?.message ?? '', { timeoutMs, signal });
  if (answer.kind === 'timed_out')
    throw new CmkError('approval_timed_out', `No human answered within ${timeoutMs} ms.`);
  if (answer.kind === 'cancelled') throw new CmkError('approval_cancelled', 'The human cancelled the question.');
  return { [APPROVAL]: { action: answer.text === '' ? 'decline' : 'accept', content: { [field]: answer.text } } };
}
