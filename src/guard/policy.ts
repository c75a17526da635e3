/**
 * Who approves a destructive write. `auto`: the strongest way at hand, the argument last; `page`: only a person on the approval
 * page; `required`: as `auto`, but never the argument; `argument`: nobody is asked.
 */
export const APPROVAL_MODES = ['auto', 'page', 'required', 'argument'] as const;
export type ApprovalMode = (typeof APPROVAL_MODES)[number];

/** Groups of tools that an operator can enable. */
export const TOOLSETS = ['cmk', 'services', 'terraform'] as const;
/** One of `TOOLSETS`. */
export type Toolset = (typeof TOOLSETS)[number];

/** The tools and projects that the operator allows. */
export interface ToolPolicy {
  /** Whether only tools annotated as read-only are available. */
  readonly readOnly: boolean;
  /** The groups of tools that are available. */
  readonly toolsets: readonly Toolset[];
  /** The only projects that calls may name; empty for any. */
  readonly projects: readonly string[];
}
