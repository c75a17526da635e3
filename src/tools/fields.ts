import * as z from 'zod';
import type { DependentService } from '../aiven/client.ts';
import { isSegment, SEGMENT_RULE } from '../aiven/path.ts';

/** The project every tool works in. */
export const project = z.string().refine(isSegment, `a project name is ${SEGMENT_RULE}`).describe('Aiven project name');

/** The id of a registered key: a UUID in shape only, as the API reference's own samples are no RFC 4122 UUIDs. */
export const cmkId = z
  .guid('a CMK id is a UUID such as 12345678-1234-1234-1234-12345678abcd')
  .describe('CMK id (UUID)');

/**
 * Who uses a key, as results tell it: a list, or that the API does not tell. Published without types, as an API's object
 * may have fields of these names some day, and clients check.
 */
export const Users = z.object({
  services: z.unknown().optional().describe('Services that use it: service_name, status'),
  services_unknown: z.unknown().optional().describe('true: the API does not tell which'),
});

/** The fields above for what the client found out. */
export function describeDependents(users: DependentService[] | undefined) {
  return users ? { services: users } : { services_unknown: true };
}
