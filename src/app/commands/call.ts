import { createInterface } from 'node:readline/promises';
import { type InputRequiredResult, isInputRequiredResult, type ServerContext } from '@modelcontextprotocol/server';
import { Call, type Dependencies } from '../../calls/call.ts';
import type { Session } from '../../calls/session.ts';
import { CmkError } from '../../core/errors.ts';
import { APPROVAL } from '../../guard/policy.ts';
import { availableTools, type ToolPolicy } from '../../tools/catalog.ts';
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
 * Calls a tool with the same guards and the same record as a client's call. On a terminal the human there is asked.
 * Resolves with what to print and whether the call failed.
 * @throws CmkError `invalid_settings` for a tool that is not offered, or arguments that are no JSON object.
 */
async function callOnce(services: Dependencies, limits: ToolPolicy, { tool: name, json, table }: ShellCall) {
  const tools = availableTools(limits);
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
  const mcpReq = { id: 0, method: 'tools/call', signal: cancel.signal, requestState: () => undefined };
  const context = { mcpReq } as unknown as ServerContext; // All that a call reads of a request.
  const result = await new Call(tool, readArguments(json), shellPeer(), services).answer(context);
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
function shellPeer(): Session {
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return { caller: 'shell', supportsElicitation: terminal, ask };
}

async function ask(question: InputRequiredResult, timeoutMs: number): Promise<Record<string, unknown>> {
  const request = question.inputRequests?.[APPROVAL];
  const params = request?.method === 'elicitation/create' ? request.params : undefined;
  const schema = params && 'requestedSchema' in params ? params.requestedSchema : undefined;
  const [field = ''] = Object.keys(schema?.properties ?? {});
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const typed = await terminal.question(`${params?.message}\n> `, { signal: AbortSignal.timeout(timeoutMs) });
    return { [APPROVAL]: { action: typed === '' ? 'decline' : 'accept', content: { [field]: typed } } };
  } catch (cause) {
    throw new CmkError('approval_timed_out', `No human answered within ${timeoutMs} ms.`, { cause });
  } finally {
    terminal.close();
  }
}
