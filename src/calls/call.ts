import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Connection } from '../aiven/http.ts';
import { CmkError } from '../core/errors.ts';
import type { ApprovalRules } from '../guard/approval/approval.ts';
import { scopeOf } from '../guard/scopes.ts';
import type { AuditLog, CallRecord, Outcome } from '../telemetry/audit.ts';
import type { Observer } from '../telemetry/observer.ts';
import type { ToolDefinition } from '../tools/definitions.ts';
import type { Tool } from '../tools/tool.ts';
import type { InFlight } from './in-flight.ts';
import type { Session } from './session.ts';

/** What calls work with, for the length of a process. */
export interface Dependencies {
  readonly connection: Connection;
  readonly approval: ApprovalRules;
  readonly audit: AuditLog;
  /** The longest one round of a call may take, in milliseconds; the time a human takes does not count. */
  readonly deadlineMs: number;
  /** The only projects that may be named; empty for any. */
  readonly projects: readonly string[];
  readonly inFlight: InFlight;
  /** Loads what only calls take, once. @throws CmkError `restart_needed` where its files are gone. */
  readonly load: () => Promise<typeof import('./lazy.ts')>;
  readonly observer?: Observer;
  /** Takes lines for the operator: defects, and records that could not be written. */
  readonly log: (line: string) => void;
}

/** What a client is told of a delay. */
const DELAYS = {
  retry: 'Aiven did not answer as hoped; trying the read again.',
  look: 'Aiven’s answer to the write was lost; looking what was done.',
} as const;

/** One call of a tool, from its arguments to its result and its record. */
export class Call {
  readonly #listed: ToolDefinition;
  readonly #given: unknown;
  readonly #peer: Session;
  readonly #services: Dependencies;
  readonly #record: CallRecord;
  #requests = 0;
  #steps = 0;
  #status: number | undefined;

  constructor(listed: ToolDefinition, given: unknown, peer: Session, services: Dependencies) {
    this.#listed = listed;
    this.#given = given;
    this.#peer = peer;
    this.#services = services;
    const session = { caller: { name: peer.caller }, supportsElicitation: peer.supportsElicitation };
    this.#record = services.audit.open(listed.name, Object.keys(listed.inputSchema.properties), given, session);
  }

  /** The one way into a tool, and the one place that catches: whatever happens becomes a result of the tool's schema. */
  answer(context: ServerContext): Promise<CallToolResult | InputRequiredResult> {
    return this.#services.inFlight.call(() => this.#answer(context));
  }

  async #answer(context: ServerContext): Promise<CallToolResult | InputRequiredResult> {
    const { connection, projects, log } = this.#services;
    const { name } = this.#listed;
    try {
      const { scopes, caller } = this.#peer;
      const scope = scopeOf(this.#listed);
      if (scopes && !scopes.includes(scope)) {
        throw new CmkError('scope_missing', `${name} takes the scope ${scope}, which ${caller} does not have.`);
      }
      const { readArguments, toolNamed } = await this.#services.load();
      const tool = toolNamed(name);
      const args = readArguments(tool, this.#given, projects);
      this.#record.project = args.project;
      const result = await this.#run(tool, args, context);
      const asks = isInputRequiredResult(result);
      const answer = asks ? result : toResult(result, connection);
      await this.#end(asks ? 'approval_requested' : 'ok');
      return answer;
    } catch (thrown) {
      const error = CmkError.from(thrown);
      const { callId } = this.#record;
      if (error.code === 'internal') log(`defect in call ${callId}: ${stackOf(error.cause ?? error)}`);
      await this.#end(error.code);
      return { ...toResult({ error: { ...error.toBody(), call_id: callId } }, connection), isError: true };
    }
  }

  /** Runs the handler; on a 2025 connection, asks its question and runs it again from its start with the answer. */
  async #run(tool: Tool, args: Record<string, unknown>, context: ServerContext): Promise<object> {
    const result = await this.#runOnce(tool, args, context);
    if (!isInputRequiredResult(result) || !this.#peer.ask) return result;
    const inputResponses = await this.#peer.ask(result, this.#services.approval.timeoutMs);
    const requestState = <T>() => result.requestState as T; // The accessor's type parameter is a cast by contract.
    return this.#runOnce(tool, args, { ...context, mcpReq: { ...context.mcpReq, inputResponses, requestState } });
  }

  async #runOnce(tool: Tool, args: Record<string, unknown>, context: ServerContext): Promise<object> {
    const { connection, approval: rules, deadlineMs, inFlight, observer, load } = this.#services;
    const { Aiven, Approvals } = await load();
    // One signal for both ends; `AbortSignal.any` would cost as much as all else here.
    const { signal } = context.mcpReq;
    const end = new AbortController();
    const cancel = () => end.abort(signal.reason);
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    const timeout = setTimeout(() => {
      end.abort(new CmkError('api_timeout', `The call took over ${deadlineMs} ms.`, { ambiguous: true }));
    }, deadlineMs);
    const aiven = new Aiven(connection, {
      signal: end.signal,
      deadline: Date.now() + deadlineMs,
      aroundWrite: async (request, send) => {
        await this.#record.intend(request);
        return inFlight.write(send);
      },
      onAttempt: (method, status) => observer?.request(method, status),
      onDelay: (why) => {
        if (why === 'retry') observer?.retry();
        this.#progress(context, DELAYS[why]);
      },
    });
    try {
      return await tool.handler(args, {
        aiven,
        approve: async (question) => {
          const approval = await new Approvals(rules, connection.token).approve(question, { ...this.#peer, context });
          if (typeof approval === 'string') this.#record.approval = approval;
          if (approval !== 'argument') observer?.approval(approval === 'human' ? 'approved' : 'asked');
          return approval;
        },
      });
    } finally {
      clearTimeout(timeout);
      signal.removeEventListener('abort', cancel);
      this.#requests += aiven.http.requests;
      this.#status = aiven.http.status;
    }
  }

  /** Tells a client that asked for it why its call takes longer (MCP, "Progress"). */
  #progress({ mcpReq }: ServerContext, message: string): void {
    const progressToken = mcpReq._meta?.progressToken;
    if (progressToken === undefined) return;
    this.#steps += 1;
    const params = { progressToken, progress: this.#steps, message };
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {}); // A lost notification changes nothing.
  }

  async #end(outcome: Outcome['outcome']): Promise<void> {
    this.#services.observer?.call(this.#listed.name, outcome, this.#record.milliseconds());
    try {
      await this.#record.end({ outcome, http_status: this.#status, api_requests: this.#requests });
    } catch (error) {
      this.#services.log(`the record of call ${this.#record.callId} could not be written: ${String(error)}`);
    }
  }
}

/** Some hosts show the model only the text, some only the structured content: both carry the same JSON. */
function toResult(payload: object, { token }: Connection): CallToolResult {
  const json = JSON.stringify(payload);
  const text = token.redact(json);
  const structuredContent = text === json ? { ...payload } : JSON.parse(text);
  return { content: [{ type: 'text', text }], structuredContent };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
