import { z } from 'zod';
import { isSegment, SEGMENT_RULE } from '../aiven/path.ts';

/** The project every tool works in. */
export const project = z.string().refine(isSegment, `a project name is ${SEGMENT_RULE}`).describe('Aiven project name');

/** The id of a registered key: a UUID in shape only, as the API reference's own samples are no RFC 4122 UUIDs. */
export const cmkId = z
  .guid('a CMK id is a UUID such as 12345678-1234-1234-1234-12345678abcd')
  .describe('CMK id (UUID)');
