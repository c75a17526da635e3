/** What a signed-in caller may be allowed. */
export const SCOPES = ['cmk:read', 'cmk:write', 'cmk:delete'] as const;
export type Scope = (typeof SCOPES)[number];

/** The scope that a tool takes, by its own annotation. */
export function scopeOf({ annotations }: { annotations: { readOnlyHint: boolean; destructiveHint: boolean } }): Scope {
  if (annotations.readOnlyHint) return 'cmk:read';
  return annotations.destructiveHint ? 'cmk:delete' : 'cmk:write';
}
