import type { Caller } from '../../core/caller.ts';
import type { ApprovalRule } from '../approval/record.ts';
import type { Operation } from '../scopes.ts';

/** What a policy knows of a caller. */
export type AccessCaller = Pick<Caller, 'id' | 'name' | 'issuer' | 'scopes' | 'claims'>;

/** What somebody wants to do. */
export interface AccessRequest {
  readonly caller: AccessCaller;
  /** The name of the tool. */
  readonly tool: string;
  readonly operation: Operation;
  /** The project; absent to ask whether there is any project in which it may be allowed. */
  readonly project?: string | undefined;
}

/** Whose approval a policy asks for, from the least to the most: nobody's, the requester's own or anybody's, other people's. */
export const APPROVALS = ['none', 'self', 'other'] as const;

/** The approval that an allowed request takes. */
export interface RequiredApproval extends Omit<ApprovalRule, 'who'> {
  readonly who: (typeof APPROVALS)[number];
}

/** What a policy says about a request. */
export type Decision = {
  /** One sentence that names the rules. For operators: a caller is not told the names of rules. */
  readonly reason: string;
  /** The names of the rules that decided, separated by commas; absent where no rule matches, which denies. */
  readonly rule?: string;
} & (
  | { readonly effect: 'deny' }
  /** `approval` is absent where the policy leaves it to the settings of the server. */
  | { readonly effect: 'allow'; readonly approval?: RequiredApproval }
);

/** Decides who may do what. `decide` is all that the rest of the program asks, so that another engine could take its place. */
export interface AccessPolicy {
  /** Returns the decision about a request. The same policy always gives the same decision about the same request. */
  readonly decide: (request: AccessRequest) => Decision;
  /** SHA-256 of the policy, base64url: two policies of one digest decide alike. */
  readonly digest: string;
  /** The claims of access tokens that decisions depend on. */
  readonly claims: readonly string[];
  /** The projects that the policy names in full. */
  readonly projects: readonly string[];
  /** Whether some rule takes an approval that only the approval page can give. */
  readonly needsPage: boolean;
}

/** What the policy says of a call that it allows. */
export interface GrantedAccess {
  /** `AccessPolicy.digest` of the policy that decided. */
  readonly digest: string;
  /** Absent where the policy leaves it to the settings of the server. */
  readonly approval?: RequiredApproval;
}

/** Returns the policy that is in force now. A new one may take its place while the program runs. */
export type CurrentPolicy = () => AccessPolicy;
