import * as z from 'zod';
import type { AivenClient } from '../../aiven/client.ts';
import { CmkResponse } from '../../aiven/schemas.ts';
import { updateOnce } from '../../aiven/write-once.ts';
import { isSameId } from '../../core/uuid.ts';
import { dryRun, orPlan, type Plan } from '../dry-run.ts';
import { cmkId, project } from '../fields.ts';
import { defineTool, SETS } from '../tool.ts';

/** Makes a key the default for new services, or clears that. */
export const update = defineTool({
  name: 'aiven_cmk_update',
  title: 'Set default CMK',
  description:
    'Make a CMK the default for new services, or stop it being so. Nothing else can change; existing services keep their key.',
  annotations: SETS,
  input: z.strictObject({
    project,
    cmk_id: cmkId,
    default_cmk: z.boolean().describe('Use for new services'),
    dry_run: dryRun,
  }),
  output: orPlan(CmkResponse),
  async handler({ project, cmk_id, default_cmk, dry_run }, { aiven }) {
    if (dry_run) return { plan: await preview(aiven, project, cmk_id, default_cmk) };
    return updateOnce(aiven, project, cmk_id, { default_cmk });
  },
});

async function preview(aiven: AivenClient, project: string, id: string, default_cmk: boolean): Promise<Plan> {
  const { cmk: before } = await aiven.get(project, id);
  const { cmks } = await aiven.list(project);
  const old = cmks.find((cmk) => cmk.default_cmk === true && !isSameId(cmk.id, before.id));
  const { status } = before;
  return {
    action: before.default_cmk === default_cmk ? 'none' : 'update',
    before,
    after: { default_cmk },
    warnings: [
      ...(before.default_cmk === default_cmk
        ? ['default_cmk already has this value; the call would change nothing.']
        : []),
      ...(default_cmk && old ? [`CMK ${old.id} would no longer be the default.`] : []),
      ...(default_cmk && status && status !== 'current' ? [`The key's status is ${status}, not current.`] : []),
    ],
  };
}
