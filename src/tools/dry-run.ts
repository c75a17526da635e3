import * as z from 'zod';
import type { DependentService } from '../aiven/listed-services.ts';

/** The argument that turns a write into its preview. */
export const dryRun = z.boolean().optional().describe('Only preview the call');

/** The effect that a write would have. All checks and reads were made, and no write was sent. */
export type Plan = {
  readonly action: 'create' | 'update' | 'delete' | 'assign' | 'none';
  readonly before?: object;
  readonly after?: object;
  readonly services?: readonly DependentService[];
  readonly warnings: readonly string[];
};

/** The result of a preview, as output schemas publish it. */
export const Planned = z.object({
  plan: z.unknown().optional().describe('With dry_run: action, before, after, services, warnings'),
});

/** Returns the output schema of a tool that returns its payload or a plan. */
export function orPlan<Shape extends z.ZodRawShape>(output: z.ZodObject<Shape>) {
  return output.partial().extend(Planned.shape);
}
