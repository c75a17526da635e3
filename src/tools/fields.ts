import * as z from 'zod';
import { isSegment, SEGMENT_RULE } from '../aiven/path.ts';

/** The argument for the project. */
export const project = z.string().refine(isSegment, `a project name is ${SEGMENT_RULE}`).describe('Aiven project');

/** The id of a registered key: a UUID in shape only, as the API reference's own samples are no RFC 4122 UUIDs. */
export const cmkId = z
  .guid('a CMK id is a UUID such as 12345678-1234-1234-1234-12345678abcd')
  .describe('CMK id (UUID)');

/** The argument for the next page of a list. */
export const cursor = z.string().optional().describe('next_cursor of the last call');

/** Result fields of a list that is returned in pages. */
export const Paged = z.object({
  total: z.number().describe('Number of all that match'),
  next_cursor: z.string().optional().describe('Where there is more: the cursor of the next call'),
});

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
