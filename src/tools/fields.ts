import * as z from 'zod';
import type { DependentServices } from '../aiven/dependent-services.ts';
import { isSegment, SEGMENT_RULE } from '../aiven/path.ts';

/** The project every tool works in. */
export const project = z.string().refine(isSegment, `a project name is ${SEGMENT_RULE}`).describe('Aiven project name');

/** The id of a registered key: a UUID in shape only, as the API reference's own samples are no RFC 4122 UUIDs. */
export const cmkId = z
  .guid('a CMK id is a UUID such as 12345678-1234-1234-1234-12345678abcd')
  .describe('CMK id (UUID)');

/**
 * Which services use a key, as results tell it: a list, or that the API does not tell. Published without types, as an
 * API's object may have fields of these names some day, and clients check.
 */
export const Dependents = z.object({
  services: z.unknown().optional().describe('Services that use it: service_name, status'),
  services_unknown: z.unknown().optional().describe('true: the API does not tell which'),
});

/** Returns the fields above for what was found out, with the reason as a warning where it is unknown. */
export function describeDependents(use: DependentServices) {
  return use.known ? { services: use.services } : { services_unknown: true, warnings: [use.why] };
}

/** Returns when an object of the API last changed, as the API says it. */
export function lastChange(entry: { readonly [field: string]: unknown }): string {
  const time = entry.updated_at ?? entry.update_time;
  return typeof time === 'string' ? time : 'unknown';
}
