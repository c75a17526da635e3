import { Call } from '../../calls/call.ts';
import type { Dependencies } from '../../calls/dependencies.ts';
import type { Session } from '../../calls/session.ts';
import { ANONYMOUS } from '../../core/caller.ts';
import { CmkError, type ErrorBody } from '../../core/errors.ts';
import type { ApprovalForm, FormResponse } from '../../guard/approval/request.ts';
import { availableTools } from '../../tools/catalog.ts';
import type { Config } from '../config/config.ts';
import { quote } from '../config/invalid-setting.ts';
import { createLocalApproval } from '../loopback/local-approval.ts';
import { createDependencies, type ShellTerminal } from '../wiring.ts';
import { Progress } from './progress.ts';
import { hasTerminal, promptOnTerminal } from './terminal.ts';

/** Exit code of a command that a person cancelled, as shells use it: 128 plus the number of SIGINT. */
const EXIT_INTERRUPTED = 130;

/** The hint of a request that ends with the command, in place of one for a client, which would call again. */
const PENDING_HINT =
  'Nothing was deleted or moved, and the request was withdrawn with the end of this command. Give --wait to wait for the decision.';

/** A call of one tool from a shell. */
export interface ShellCall {
  readonly tool: string;
  readonly args: object;
  /** Whether audit lines are printed on a terminal, too. */
  readonly verbose: boolean;
  /** Whether to call again while a person has not decided on the approval page. */
  readonly wait: boolean;
}

/** How a call ended. */
export interface ShellResult {
  readonly payload: Readonly<Record<string, unknown>>;
  /** The failure in the payload, if it is one. */
  readonly error: ErrorBody | undefined;
  /** 0; 1 if the call failed; 130 if the person cancelled it, by Ctrl-C or at the question. */
  readonly exitCode: number;
}

/**
 * Calls a tool with the same guards and the same audit record as a client's call. If there is a controlling terminal, the
 * person there is asked, also when the output is a pipe. With `wait`, it is called again while a person has not decided.
 * @throws CmkError `invalid_settings` for a tool that is not available.
 */
export async function runCall(config: Config, shellCall: ShellCall, terminal: ShellTerminal): Promise<ShellResult> {
  const { isTerminal } = terminal.errorScreen();
  // Audit lines are no text for a person: on a terminal they are printed on request only.
  const isSilent = isTerminal && !shellCall.verbose;
  const streams = isSilent ? { ...terminal, writeLine: async () => {} } : terminal;
  const local = createLocalApproval(config, () => dependencies, true);
  const dependencies = createDependencies(config, streams, undefined, { pages: local.pages });
  const progress = new Progress(isTerminal ? terminal.writeLine : undefined);
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once('SIGINT', stop); // A second one ends the process.
  try {
    return await callOnce(dependencies, config, shellCall, { signal: interrupt.signal, progress });
  } finally {
    process.off('SIGINT', stop);
    progress.end();
    await local.close();
    await dependencies.audit.flush().catch(() => {}); // Standard error may not be read.
  }
}

async function callOnce(
  dependencies: Dependencies,
  policy: Config,
  { tool: name, args, wait }: ShellCall,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<ShellResult> {
  const tools = availableTools(policy);
  const tool = tools.find((each) => each.name === name);
  if (!tool) {
    const names = tools.map((each) => each.name).join(', ');
    throw new CmkError('invalid_settings', `call: ${quote(name)} is no available tool: it takes one of ${names}.`);
  }
  const session = shellSession(signal, progress);
  const invocation = { session, signal, reportProgress: (message: string) => progress.report(message) };
  for (;;) {
    const result = await new Call(tool, args, invocation, dependencies).run();
    if (result.kind === 'form') throw new CmkError('internal', 'The call ended with a form.');
    if (!result.isError) return { payload: result.payload, error: undefined, exitCode: 0 };
    const error = result.payload.error as ErrorBody; // The call puts the body of its CmkError there.
    const isPending = error.code === 'approval_pending';
    if (isPending && wait && !signal.aborted) continue;
    const isCancelled = signal.aborted || error.code === 'approval_cancelled';
    const shown = isPending ? { ...error, hint: PENDING_HINT } : error;
    return { payload: { error: shown }, error: shown, exitCode: isCancelled ? EXIT_INTERRUPTED : 1 };
  }
}

/** Returns the session of a call from a shell. */
function shellSession(signal: AbortSignal, progress: Progress): Session {
  return {
    caller: { name: 'shell', id: ANONYMOUS, client: 'shell' },
    supportsElicitation: hasTerminal(),
    supportsUrl: false,
    takesWholeResults: true,
    elicit: (form, timeoutMs) => progress.paused(() => elicit(form, timeoutMs, signal)),
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
