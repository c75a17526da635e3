import type { AivenClient } from '../aiven/client.ts';
import { CmkError } from '../core/errors.ts';
import { RESULT_MAX } from '../core/json-size.ts';
import type { PlannedCall } from '../guard/approval/page-approval.ts';
import { type Approval, type ApprovalRequest, FormRequired, type Reply } from '../guard/approval/request.ts';
import { scopeOf } from '../guard/scopes.ts';
import type { CallRecord, Outcome } from '../telemetry/audit.ts';
import { TOOL_DEFINITIONS } from '../tools/catalog.ts';
import type { ToolDefinition } from '../tools/definitions.ts';
import type { Tool } from '../tools/tool.ts';
import { CallAccess } from './access.ts';
import { Deadline } from './deadline.ts';
import type { Dependencies } from './dependencies.ts';
import { type CallResult, toResult } from './result.ts';
import type { Invocation } from './session.ts';

/** The progress messages for a delay. */
const DELAYS = {
  retry: 'Aiven did not respond as expected; retrying the read.',
  read_back: 'Aiven’s response to the write was lost; reading back the result.',
} as const;

/** One call of a tool: checks it, runs the handler, and writes its audit record. */
export class Call {
  readonly #definition: ToolDefinition;
  readonly #given: unknown;
  readonly #invocation: Invocation;
  readonly #dependencies: Dependencies;
  readonly #record: CallRecord;
  readonly #access: CallAccess;
  #attempts = 0;
  #status: number | undefined;

  constructor(definition: ToolDefinition, given: unknown, invocation: Invocation, dependencies: Dependencies) {
    this.#definition = definition;
    this.#given = given;
    this.#invocation = invocation;
    this.#dependencies = dependencies;
    const { caller, supportsElicitation } = invocation.session;
    const traceId = invocation.span?.traceId;
    const known = Object.keys(definition.inputSchema.properties);
    this.#record = dependencies.audit.open(definition.name, known, given, { caller, supportsElicitation, traceId });
    this.#access = new CallAccess(definition, caller, this.#record, dependencies.policy);
  }

  /** Runs the call. Never rejects: a failure becomes a result of the tool's schema. */
  run(): Promise<CallResult> {
    return this.#dependencies.inFlight.call(this.#run());
  }

  async #run(): Promise<CallResult> {
    const { token } = this.#dependencies.connection;
    try {
      const { tool, args } = await this.#prepare();
      const payload = await this.#handle(tool, args);
      const result = toResult(payload, token, { max: this.#resultMax });
      await this.#end('ok');
      return result;
    } catch (thrown) {
      if (thrown instanceof FormRequired) {
        await this.#end('approval_requested');
        return { kind: 'form', form: thrown.form, ticket: thrown.ticket };
      }
      const error = CmkError.from(thrown);
      const { callId } = this.#record;
      if (error.code === 'internal') {
        this.#dependencies.log(`defect in call ${callId}: ${stackOf(error.cause ?? error)}`);
      }
      await this.#end(error.code);
      const failure = { error: { ...error.toBody(this.#isOffered), call_id: callId } };
      return toResult(failure, token, { max: this.#resultMax, isError: true });
    }
  }

  get #resultMax(): number {
    return this.#invocation.session.takesWholeResults ? Number.POSITIVE_INFINITY : RESULT_MAX;
  }

  /** Checks the caller's scopes, the arguments, and what the policy says of them. @throws CmkError */
  async #prepare(): Promise<{ tool: Tool; args: Record<string, unknown> }> {
    const { name } = this.#definition;
    const { caller } = this.#invocation.session;
    const scope = scopeOf(this.#definition);
    if (caller.scopes && !caller.scopes.includes(scope)) {
      throw new CmkError('scope_missing', `${name} takes the scope ${scope}, which ${caller.name} does not have.`);
    }
    const { readArguments, toolNamed } = await this.#dependencies.load();
    const tool = toolNamed(name);
    const { projects } = this.#dependencies;
    const args = readArguments(tool, this.#given, this.#dependencies, this.#access.narrow(projects));
    this.#record.project = args.project;
    this.#access.check(args.project);
    return { tool, args };
  }

  /** Runs the handler. If it requires a form and the session can show one, runs it again from its start with the reply. */
  async #handle(tool: Tool, args: Record<string, unknown>): Promise<object> {
    const { reply, elicit } = this.#invocation.session;
    const first = await this.#runHandler(tool, args, reply);
    if (!(first instanceof FormRequired)) return first;
    if (!elicit || 'url' in first.form) throw first;
    const { form } = first;
    const ask = () => elicit(form, this.#dependencies.approvalTimeoutMs);
    const { span } = this.#invocation;
    const response = await (span ? span.wait('form', ask) : ask());
    const second = await this.#runHandler(tool, args, { ticket: first.ticket, response });
    if (second instanceof FormRequired) throw new CmkError('internal', 'The form was required again.');
    return second;
  }

  async #runHandler(
    tool: Tool,
    args: Record<string, unknown>,
    reply: Reply | undefined,
  ): Promise<object | FormRequired> {
    const { connection, deadlineMs, load } = this.#dependencies;
    const { AivenClient } = await load();
    const deadline = new Deadline(this.#invocation.signal, deadlineMs);
    const aiven = new AivenClient(connection, this.#requestContext(deadline));
    try {
      return await tool.handler(args, {
        aiven,
        resultMax: this.#resultMax,
        approve: (request) => this.#approve(request, this.#planned(args, deadline), reply),
      });
    } catch (thrown) {
      if (thrown instanceof FormRequired) return thrown;
      throw thrown;
    } finally {
      deadline.end();
      this.#attempts += aiven.http.requests;
      this.#status = aiven.http.status;
    }
  }

  #requestContext({ signal, at }: Deadline): ConstructorParameters<typeof AivenClient>[1] {
    const { inFlight, observer } = this.#dependencies;
    return {
      signal,
      deadline: at,
      aroundWrite: async (request, send) => {
        this.#access.checkAgain();
        await this.#record.intend(request);
        return inFlight.write(send());
      },
      startAttempt: (attempt) => this.#invocation.span?.attempt(attempt),
      onAttempt: (method, status) => observer?.request(method, status),
      onDelay: (why) => {
        if (why === 'retry') observer?.retry();
        this.#invocation.reportProgress?.(DELAYS[why]);
      },
    };
  }

  /** Whether this server offers a tool to somebody, so that a hint may name it. */
  readonly #isOffered = (tool: string): boolean => {
    const toolset = TOOL_DEFINITIONS.find(({ name }) => name === tool)?.toolset;
    return toolset !== undefined && this.#dependencies.toolsets.includes(toolset);
  };

  #planned(args: Record<string, unknown>, { signal, at }: Deadline): PlannedCall {
    const { session, reportProgress, span } = this.#invocation;
    const { id, name, person, client } = session.caller;
    const requester = { id, name, client, ...(person !== undefined && { person }) };
    return {
      tool: this.#definition.name,
      args,
      callId: this.#record.callId,
      traceId: span?.traceId,
      requester,
      access: this.#access.granted,
      signal,
      deadline: at,
      reportProgress,
      aroundWait: span && ((wait) => span.wait('page', wait)),
    };
  }

  async #approve(request: ApprovalRequest, planned: PlannedCall, reply: Reply | undefined): Promise<Approval> {
    const { load, observer } = this.#dependencies;
    const { supportsElicitation, supportsUrl } = this.#invocation.session;
    const { approvals } = await load();
    const reach = { supportsElicitation, supportsUrl, reply };
    const approval = await approvals.approve(request, planned, reach).catch((thrown: unknown) => {
      if (thrown instanceof FormRequired) observer?.approval('asked');
      throw thrown;
    });
    this.#record.approval = approval;
    if (approval.approval !== 'argument') observer?.approval('approved');
    return approval;
  }

  async #end(outcome: Outcome['outcome']): Promise<void> {
    const { observer, log } = this.#dependencies;
    observer?.call(this.#definition.name, outcome, this.#record.milliseconds());
    this.#invocation.span?.end(outcome, this.#record.callId);
    try {
      await this.#record.end({ outcome, http_status: this.#status, api_requests: this.#attempts });
    } catch (error) {
      log(`the audit record of call ${this.#record.callId} could not be written: ${String(error)}`);
    }
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
