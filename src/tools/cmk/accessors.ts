import * as z from 'zod';
import { type Grant, grantsFor, noteOn } from '../../aiven/kms/grants.ts';
import { PROVIDERS, type Provider } from '../../aiven/kms/providers.ts';
import { AccessorsResponse } from '../../aiven/schemas.ts';
import { project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Lists Aiven's principals per cloud with the grants that they need. */
export const accessors = defineTool({
  name: 'aiven_cmk_accessors',
  title: 'List CMK accessors',
  description:
    "List Aiven's principals per cloud, and in grants the commands or policy statements that let each use a key. Use before aiven_cmk_create: unless the user makes the grant in the cloud's KMS, services cannot use the key.",
  annotations: READS,
  input: z.strictObject({ project, cloud: z.enum(PROVIDERS).optional().describe('Only this') }),
  output: AccessorsResponse.partial().extend({
    grants: z.array(z.looseObject({})).describe('Per cloud: principal, key_type, role, commands'),
  }),
  async handler({ project, cloud }, { aiven }) {
    const response = await aiven.accessors(project);
    const grants = grantsFor(response.accessors);
    if (cloud) return ofOneCloud(cloud, response.accessors, grants);
    return { ...response, grants, ...(grants.length > 0 && { note: noteOn(grants) }) };
  },
});

/** Returns the grant of one cloud, which names its principals; its accessor, where no grant can be made of that. */
function ofOneCloud(cloud: Provider, accessors: Readonly<Record<string, unknown>>, all: readonly Grant[]) {
  const grants = all.filter((grant) => grant.cloud === cloud);
  if (grants.length > 0) return { grants, note: noteOn(grants) };
  if (Object.hasOwn(accessors, cloud)) return { accessors: { [cloud]: accessors[cloud] }, grants };
  return { accessors: {}, grants, warnings: [`Aiven reports no accessor for ${cloud}.`] };
}
