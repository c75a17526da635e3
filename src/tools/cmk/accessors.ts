import * as z from 'zod';
import { GRANTS_NOTE, grantsFor } from '../../aiven/kms/grants.ts';
import { AccessorsResponse } from '../../aiven/schemas.ts';
import { project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Lists Aiven's principals per cloud with the grants that they need. */
export const accessors = defineTool({
  name: 'aiven_cmk_accessors',
  title: 'List CMK accessors',
  description:
    "List Aiven's principals per cloud, and in grants the exact commands or policy statements that let each use a key. Use before aiven_cmk_create: the user must make the grant in the cloud's KMS, or services cannot use the key.",
  annotations: READS,
  input: z.strictObject({ project }),
  output: AccessorsResponse.extend({
    grants: z.array(z.looseObject({})).describe('Per cloud: principal, key_type, role, commands'),
  }),
  async handler({ project }, { aiven }) {
    const response = await aiven.accessors(project);
    const grants = grantsFor(response.accessors);
    return { ...response, grants, ...(grants.length > 0 && { note: GRANTS_NOTE }) };
  },
});
