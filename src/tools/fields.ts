import * as z from 'zod';
import type { DependentServices } from '../aiven/dependent-services.ts';
import { isSegment, SEGMENT_RULE } from '../aiven/path.ts';

/** The argument for the project. */
export const project = z.string().refine(isSegment, `a project name is ${SEGMENT_RULE}`).describe('Aiven project name');

/** The id of a registered key: a UUID in shape only, as the API reference's own samples are no RFC 4122 UUIDs. */
export const cmkId = z
  .guid('a CMK id is a UUID such as 12345678-1234-1234-1234-12345678abcd')
  .describe('CMK id (UUID)');

/**
 * Result fields for the services that use a key: a list, or that the API does not report them. They are published without
 * types, because clients check results and a later API may have fields of these names.
 */
export const Dependents = z.object({
  services: z.unknown().optional().describe('Services that use it: service_name, status'),
  services_unknown: z.unknown().optional().describe('true: the API does not report which'),
});

/** Returns the fields above; if the services are unknown, with the reason as a warning. */
export function describeDependents(use: DependentServices) {
  return use.known ? { services: use.services } : { services_unknown: true, warnings: [use.why] };
}

/** Returns the time of an API object's last change in the API's own form, or `unknown`. */
export function lastChange(entry: { readonly [field: string]: unknown }): string {
  const time = entry.updated_at ?? entry.update_time;
  return typeof time === 'string' ? time : 'unknown';
}

/** Whose word a destructive write rested on. Published without types: names of people, or one word. */
export const ApprovedBy = z.object({
  approval: z.unknown().describe('page, form or argument (no person was asked)'),
  approved_by: z.unknown().describe('Who approved: names, human or argument'),
});
