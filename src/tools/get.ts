import * as z from 'zod';
import { CmkAnswer } from '../aiven/schemas.ts';
import { defineTool, READS } from '../tool.ts';
import { cmkId, project, Users, usersOf } from './fields.ts';

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
  output: CmkAnswer.extend(Users.shape),
  async handler({ project, cmk_id, include_services }, { aiven }) {
    const answer = await aiven.get(project, cmk_id);
    return include_services ? { ...answer, ...usersOf(await aiven.users(project, cmk_id)) } : answer;
  },
});
