import { z } from 'zod';
import { CmkAnswer } from '../aiven/schemas.ts';
import { defineTool, READS } from '../tool.ts';
import { cmkId, project } from './fields.ts';

export const get = defineTool({
  name: 'aiven_cmk_get',
  title: 'Get CMK',
  description: 'Get one CMK by id. Use to check a key before and after changing it.',
  annotations: READS,
  input: z.strictObject({ project, cmk_id: cmkId }),
  output: CmkAnswer,
  handler: ({ project, cmk_id }, { aiven }) => aiven.get(project, cmk_id),
});
