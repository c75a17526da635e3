import { z } from 'zod';
import { checkResource, PROVIDERS, RESOURCE_MAX } from '../aiven/providers.ts';
import { CmkAnswer } from '../aiven/schemas.ts';
import { register } from '../aiven/settle.ts';
import { ADDS, defineTool } from '../tool.ts';
import { project } from './fields.ts';

export const create = defineTool({
  name: 'aiven_cmk_create',
  title: 'Register CMK',
  description:
    'Register a KMS key as a CMK of a project. Before: grant access to the principals of aiven_cmk_accessors. After: use the returned id. Never repeat a call whose outcome is unclear; look with aiven_cmk_list first.',
  annotations: ADDS,
  input: z.strictObject({
    project,
    provider: z.enum(PROVIDERS).describe('Cloud of the KMS'),
    resource: z
      .string()
      .min(1)
      .max(RESOURCE_MAX)
      .describe(
        `Key identifier, 1 to ${RESOURCE_MAX} characters: AWS key ARN, GCP resource name (projects/…/cryptoKeys/…), Azure key URL or OCI key OCID`,
      ),
    default_cmk: z.boolean().optional().describe('Use for new services'),
  }),
  output: CmkAnswer,
  async handler({ project, provider, resource, default_cmk }, { aiven }) {
    checkResource(provider, resource);
    return register(aiven, project, { provider, resource, ...(default_cmk !== undefined && { default_cmk }) });
  },
});
