import { z } from 'zod';
import { CmkAnswer } from '../aiven/schemas.ts';
import { change } from '../aiven/settle.ts';
import { defineTool, SETS } from '../tool.ts';
import { cmkId, project } from './fields.ts';

export const update = defineTool({
  name: 'aiven_cmk_update',
  title: 'Set default CMK',
  description:
    'Make a CMK the default for new services, or stop it being so. Nothing else of a CMK can change, and existing services keep their key.',
  annotations: SETS,
  input: z.strictObject({ project, cmk_id: cmkId, default_cmk: z.boolean().describe('Use for new services') }),
  output: CmkAnswer,
  handler: ({ project, cmk_id, default_cmk }, { aiven }) => change(aiven, project, cmk_id, { default_cmk }),
});
