import * as z from 'zod';
import { CmkListResponse } from '../../aiven/schemas.ts';
import { project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Lists the keys of a project. */
export const list = defineTool({
  name: 'aiven_cmk_list',
  title: 'List CMKs',
  description:
    "List a project's CMKs: ids, key identifiers, status, which is the default. Start here to find a CMK id.",
  annotations: READS,
  input: z.strictObject({ project }),
  output: CmkListResponse,
  handler: ({ project }, { aiven }) => aiven.list(project),
});
