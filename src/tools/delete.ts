import { z } from 'zod';
import { CmkAnswer } from '../aiven/schemas.ts';
import { CmkError } from '../errors.ts';
import { DESTROYS, defineTool } from '../tool.ts';
import { cmkId, project } from './fields.ts';

// `delete` is a reserved word, so this one tool's export is not named as its file.
export const remove = defineTool({
  name: 'aiven_cmk_delete',
  title: 'Delete CMK',
  description:
    'Delete a CMK from a project, for good. Services that use it would stop: first move them to another key. Only on the explicit wish of the user; before, show them the key with aiven_cmk_get. Do not retry after a refusal without new instructions.',
  annotations: DESTROYS,
  input: z.strictObject({
    project,
    cmk_id: cmkId,
    confirm_cmk_id: z.string().describe('The same CMK id again, to the letter'),
  }),
  output: CmkAnswer,
  async handler({ project, cmk_id, confirm_cmk_id }, { aiven }) {
    if (confirm_cmk_id !== cmk_id) {
      throw new CmkError('confirmation_mismatch', `confirm_cmk_id is not ${cmk_id}; CMK ${cmk_id} was not deleted.`);
    }
    return aiven.delete(project, cmk_id);
  },
});
