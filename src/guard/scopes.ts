/** The scopes that a signed-in caller can have. */
export const SCOPES = ['cmk:read', 'cmk:write', 'cmk:delete'] as const;
/** One of `SCOPES`. */
export type Scope = (typeof SCOPES)[number];

/** Returns the scope that a tool requires, by its annotations. */
export function scopeOf({ annotations }: { annotations: { readOnlyHint: boolean; destructiveHint: boolean } }): Scope {
  if (annotations.readOnlyHint) return 'cmk:read';
  return annotations.destructiveHint ? 'cmk:delete' : 'cmk:write';
}
