import * as z from 'zod';
import { CmkResponse } from '../../aiven/schemas.ts';
import { checkAccessOnce } from '../../aiven/write-once.ts';
import { cmkId, project } from '../fields.ts';
import { defineTool, SETS } from '../tool.ts';

/** Starts Aiven's check whether it can use a key. */
export const accessCheck = defineTool({
  name: 'aiven_cmk_access_check',
  title: 'Check access to CMK',
  toolset: 'services',
  description:
    "Have Aiven try whether it can use a CMK in its cloud's KMS. Use after the user made the grants. A result proves that the check was accepted, not that it succeeded; read the key again later.",
  annotations: SETS,
  input: z.strictObject({ project, cmk_id: cmkId }),
  output: CmkResponse.extend({ meaning: z.string() }),
  async handler({ project, cmk_id }, { aiven }) {
    const meaning =
      'Aiven accepted the request to check, and does not document its outcome: this proves neither that the grants are right nor that they are wrong.';
    return { ...(await checkAccessOnce(aiven, project, cmk_id)), meaning };
  },
});
