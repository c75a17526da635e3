import * as z from 'zod';
import { dependentServices } from '../../aiven/dependent-services.ts';
import { CmkResponse } from '../../aiven/schemas.ts';
import { cmkId, Dependents, describeDependents, project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Returns one key, on request with the services that use it. */
export const get = defineTool({
  name: 'aiven_cmk_get',
  title: 'Get CMK',
  description:
    'Get one CMK by id. Use to check a key before and after changing it, with include_services also which services use it or are moving.',
  annotations: READS,
  input: z.strictObject({
    project,
    cmk_id: cmkId,
    include_services: z.boolean().optional().describe('Also list the services that use it'),
  }),
  output: CmkResponse.extend(Dependents.shape),
  async handler({ project, cmk_id, include_services }, { aiven }) {
    const response = await aiven.get(project, cmk_id);
    if (!include_services) return response;
    return { ...response, ...describeDependents(await dependentServices(aiven, project, response.cmk.id)) };
  },
});
