import type { Caller } from '../core/caller.ts';
import { CmkError } from '../core/errors.ts';
import type {
  AccessPolicy,
  AccessRequest,
  CurrentPolicy,
  GrantedAccess,
} from '../guard/access-policy/access-policy.ts';
import { operationOf } from '../guard/scopes.ts';
import type { CallRecord } from '../telemetry/audit.ts';
import { allowedProjects } from '../tools/catalog.ts';
import type { ToolDefinition } from '../tools/definitions.ts';

/** What the policy, where there is one, says of one call: at its start, and again before each write. */
export class CallAccess {
  readonly #tool: ToolDefinition;
  readonly #caller: Caller;
  readonly #record: Pick<CallRecord, 'policy' | 'project'>;
  readonly #current: CurrentPolicy | undefined;
  #request: AccessRequest | undefined;
  #granted: GrantedAccess | undefined;

  constructor(
    tool: ToolDefinition,
    caller: Caller,
    record: Pick<CallRecord, 'policy' | 'project'>,
    current: CurrentPolicy | undefined,
  ) {
    this.#tool = tool;
    this.#caller = caller;
    this.#record = record;
    this.#current = current;
  }

  /** What the policy said at the start of the call; undefined where there is no policy. */
  get granted(): GrantedAccess | undefined {
    return this.#granted;
  }

  /**
   * Returns the projects of the server's limit that may be named to the caller; none where there is no limit.
   * @throws CmkError `policy_denied` where the caller may use the tool in none of them.
   */
  narrow(projects: readonly string[]): readonly string[] {
    const policy = this.#current?.();
    if (!policy || projects.length === 0) return projects;
    const allowed = allowedProjects(this.#tool, projects, { caller: this.#caller, policy });
    if (allowed.length > 0) return allowed;
    const asked = projects.find((project) => project === this.#record.project);
    this.#record.policy = {
      digest: policy.digest,
      rule: policy.decide(this.#requestFor(asked ?? projects[0])).rule ?? null,
    };
    throw denied(this.#requestFor(asked));
  }

  /** Decides about a project. @throws CmkError `policy_denied`, also for a value that names no project. */
  check(project: unknown): void {
    const policy = this.#current?.();
    if (!policy) return;
    // A rule that names no projects is about all of them, and would be about this, too.
    if (typeof project !== 'string') throw denied(this.#requestFor(undefined));
    this.#request = this.#requestFor(project);
    this.#granted = this.#decide(policy, this.#request);
  }

  /**
   * Decides again, since the policy may have changed while the API or a person was waited for. What was approved under
   * another policy is not done.
   * @throws CmkError `policy_denied`, `approval_stale`.
   */
  checkAgain(): void {
    const policy = this.#current?.();
    if (!policy) return;
    if (!this.#request) throw new CmkError('internal', 'The policy was not asked at the start of the call.');
    const { digest } = this.#decide(policy, this.#request);
    if (this.#request.operation === 'delete' && digest !== this.#granted?.digest) {
      throw new CmkError('approval_stale', 'The policy of this server has changed since the call began.');
    }
  }

  #requestFor(project: string | undefined): AccessRequest {
    return { caller: this.#caller, tool: this.#tool.name, operation: operationOf(this.#tool), project };
  }

  #decide(policy: AccessPolicy, request: AccessRequest): GrantedAccess {
    const decision = policy.decide(request);
    const approval = decision.effect === 'allow' ? decision.approval : undefined;
    this.#record.policy = { digest: policy.digest, rule: decision.rule ?? null, ...(approval && { approval }) };
    if (decision.effect !== 'allow') throw denied(request);
    return { digest: policy.digest, ...(approval && { approval }) };
  }
}

/** Says no more than what the caller asked for: the names of rules, and of other projects, are for operators. */
function denied({ caller, tool, project }: AccessRequest): CmkError {
  const where = project === undefined ? 'any project' : `project ${project}`;
  return new CmkError(
    'policy_denied',
    `The policy of this server does not let ${caller.name} use ${tool} in ${where}.`,
  );
}
