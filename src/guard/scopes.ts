/** The scopes that a signed-in caller can have. */
export const SCOPES = ['cmk:read', 'cmk:write', 'cmk:delete'] as const;
/** One of `SCOPES`. */
export type Scope = (typeof SCOPES)[number];

/**
 * The scope with which people decide on the approval page about other people's requests. No tool takes it, and metadata does
 * not name it: clients ask for every scope that is named there, and an agent's token needs none to approve with.
 */
export const APPROVE_SCOPE = 'cmk:approve';

/** The scope that a tool takes, by its own annotation. */
export function scopeOf({ annotations }: { annotations: { readOnlyHint: boolean; destructiveHint: boolean } }): Scope {
  if (annotations.readOnlyHint) return 'cmk:read';
  return annotations.destructiveHint ? 'cmk:delete' : 'cmk:write';
}

/** What a tool does, as policies name it. */
export const OPERATIONS = ['read', 'write', 'delete'] as const;
/** One of `OPERATIONS`. */
export type Operation = (typeof OPERATIONS)[number];

/** What a tool does, by its own annotation. */
export function operationOf(tool: Parameters<typeof scopeOf>[0]): Operation {
  const operations = { 'cmk:read': 'read', 'cmk:write': 'write', 'cmk:delete': 'delete' } as const;
  return operations[scopeOf(tool)];
}
