/** When a human is asked: where the client can, always, or never (the repeated id in the arguments then stands alone). */
export const APPROVAL_MODES = ['auto', 'required', 'argument'] as const;
export type ApprovalMode = (typeof APPROVAL_MODES)[number];

/** Groups of tools that an operator switches on. */
export const TOOLSETS = ['cmk', 'services'] as const;
export type Toolset = (typeof TOOLSETS)[number];

/** The name of the one question to a human in a round of a call. */
export const APPROVAL = 'approval';
