import * as z from 'zod';
import { CmkResponse } from '../../aiven/schemas.ts';
import { cmkId, describeDependents, project, Users } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

export const get = defineTool({
  name: 'aiven_cmk_get',
  title: 'Get CMK',
  description:
    'Get one CMK by id, on request with the services it protects. Use to check a key before and after changing it.',
  annotations: READS,
  input: z.strictObject({
    project,
    cmk_id: cmkId,
    include_services: z.boolean().optional().describe('Also list the services that use it'),
  }),
  output: CmkResponse.extend(Users.shape),
  async handler({ project, cmk_id, include_services }, { aiven }) {
    const answer = await aiven.get(project, cmk_id);
    return include_services
      ? { ...answer, ...describeDependents(await aiven.dependentServices(project, cmk_id)) }
      : answer;
  },
});
