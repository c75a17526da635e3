import * as z from 'zod';
import { cmkId, describeDependents, project, Users } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

export const services = defineTool({
  name: 'aiven_cmk_services',
  title: 'List services of a CMK',
  toolset: 'services',
  description:
    'List the services that use a CMK, or are moving to (activating) or from it (deactivating). Use to plan a rotation, and after aiven_cmk_assign until nothing is deactivating.',
  annotations: READS,
  input: z.strictObject({ project, cmk_id: cmkId }),
  output: Users,
  handler: async ({ project, cmk_id }, { aiven }) => describeDependents(await aiven.dependentServices(project, cmk_id)),
});
