/** When a person is asked: where one can be, always, or never (the repeated id in the arguments then stands alone). */
export const APPROVAL_MODES = ['auto', 'required', 'argument'] as const;
export type ApprovalMode = (typeof APPROVAL_MODES)[number];

/** Groups of tools that an operator switches on. */
export const TOOLSETS = ['cmk', 'services'] as const;
export type Toolset = (typeof TOOLSETS)[number];

/** What the operator allows. */
export interface ToolPolicy {
  /** Whether only the tools exist whose own annotation says that they only read. */
  readonly readOnly: boolean;
  /** The groups of tools that exist. */
  readonly toolsets: readonly Toolset[];
  /** The only projects that may be named; empty for any. */
  readonly projects: readonly string[];
}
