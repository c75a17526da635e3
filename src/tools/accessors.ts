import { z } from 'zod';
import { AccessorsAnswer } from '../aiven/schemas.ts';
import { defineTool, READS } from '../tool.ts';
import { project } from './fields.ts';

export const accessors = defineTool({
  name: 'aiven_cmk_accessors',
  title: 'List CMK accessors',
  description:
    "List Aiven's principals per cloud. Use before aiven_cmk_create: each must be allowed to encrypt and decrypt with the key in its cloud's KMS. For Google Cloud, grant access_group the role roles/cloudkms.cryptoOperator.",
  annotations: READS,
  input: z.strictObject({ project }),
  output: AccessorsAnswer,
  handler: ({ project }, { aiven }) => aiven.accessors(project),
});
