/** When a person is asked: if the client can, always, or never (then the repeated id in the arguments is enough). */
export const APPROVAL_MODES = ['auto', 'required', 'argument'] as const;
/** One of `APPROVAL_MODES`. */
export type ApprovalMode = (typeof APPROVAL_MODES)[number];

/** Groups of tools that an operator can enable. */
export const TOOLSETS = ['cmk', 'services'] as const;
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
