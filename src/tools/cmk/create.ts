import * as z from 'zod';
import type { AivenClient, NewCmk } from '../../aiven/client.ts';
import { checkResource, PROVIDERS, RESOURCE_MAX } from '../../aiven/kms/providers.ts';
import { CmkResponse } from '../../aiven/schemas.ts';
import { createOnce, isSameKey } from '../../aiven/write-once.ts';
import { CmkError } from '../../core/errors.ts';
import { dryRun, orPlan, type Plan } from '../dry-run.ts';
import { project } from '../fields.ts';
import { ADDS, defineTool } from '../tool.ts';

/** Registers a key. */
export const create = defineTool({
  name: 'aiven_cmk_create',
  title: 'Register CMK',
  description:
    'Register a KMS key as a CMK. Before: the user grants access as aiven_cmk_accessors says. Never repeat a call whose outcome is unclear; check with aiven_cmk_list first.',
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
    dry_run: dryRun,
  }),
  output: orPlan(CmkResponse),
  async handler({ project, provider, resource, default_cmk, dry_run }, { aiven }) {
    checkResource(provider, resource);
    const wanted = { provider, resource, ...(default_cmk !== undefined && { default_cmk }) };
    return dry_run ? { plan: await preview(aiven, project, wanted) } : createOnce(aiven, project, wanted);
  },
});

/** Returns the plan of a registration. @throws CmkError `conflict` that names the key which already has the identifier. */
async function preview(aiven: AivenClient, project: string, wanted: NewCmk): Promise<Plan> {
  const { cmks } = await aiven.list(project);
  const holders = cmks.filter((cmk) => isSameKey(cmk, wanted));
  const holder = holders.find(({ status }) => status !== 'deleted');
  if (holder) throw new CmkError('conflict', `CMK ${holder.id} of ${project} already has this identifier.`);
  const old = cmks.find(({ default_cmk }) => default_cmk === true);
  return {
    action: 'create',
    after: { default_cmk: false, ...wanted },
    warnings: [
      ...holders.map(({ id }) => `CMK ${id}, which is deleted, has this identifier; the API may refuse.`),
      ...(wanted.default_cmk && old ? [`CMK ${old.id} would no longer be the default.`] : []),
    ],
  };
}
