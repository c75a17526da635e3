/** The projects that calls may name. The published schema and the check of arguments are both derived from it. */
export interface ProjectRule {
  /** The only projects that may be named. */
  readonly allowed: readonly [string, ...string[]];
  /** The project of a call that names none; absent if a call must name one. */
  readonly default?: string;
  /** Whether a call must name a project, because several are allowed. */
  readonly required: boolean;
}

/** Returns the rule for an operator's list of projects; undefined for an empty list, which allows any. */
export function createProjectRule(projects: readonly string[]): ProjectRule | undefined {
  const [first, ...more] = projects;
  if (first === undefined) return undefined;
  const allowed = [first, ...more] as const;
  return more.length > 0 ? { allowed, required: true } : { allowed, default: first, required: false };
}
