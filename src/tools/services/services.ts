import * as z from 'zod';
import { dependentServices } from '../../aiven/dependent-services.ts';
import { cmkId, Dependents, describeDependents, project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Lists the services that use a key. */
export const services = defineTool({
  name: 'aiven_cmk_services',
  title: 'List services of a CMK',
  toolset: 'services',
  description:
    'List only the services that use a CMK, or are moving to (activating) or from it (deactivating). Use to poll after aiven_cmk_assign until nothing is deactivating; to see key and services together, aiven_cmk_get with include_services.',
  annotations: READS,
  input: z.strictObject({ project, cmk_id: cmkId }),
  output: Dependents,
  handler: async ({ project, cmk_id }, { aiven }) =>
    describeDependents(await dependentServices(aiven, project, cmk_id)),
});
