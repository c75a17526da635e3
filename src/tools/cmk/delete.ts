import * as z from 'zod';
import type { AivenClient, DependentService } from '../../aiven/client.ts';
import { type Cmk, CmkResponse } from '../../aiven/schemas.ts';
import { deleteOnce } from '../../aiven/write-once.ts';
import { CmkError } from '../../core/errors.ts';
import { sanitize } from '../../core/sanitize.ts';
import type { ApprovalRequest } from '../../guard/approval/request.ts';
import { dryRun, orPlan, type Plan } from '../dry-run.ts';
import { cmkId, project } from '../fields.ts';
import { DESTROYS, defineTool } from '../tool.ts';

const USE_UNKNOWN = 'Aiven did not tell which services use this key.';

// `delete` is a reserved word, so this one tool's export is not named as its file.
export const remove = defineTool({
  name: 'aiven_cmk_delete',
  title: 'Delete CMK',
  description:
    'Delete a CMK from a project, for good. Refused while services use it: first move them to another key. Only on the explicit wish of the user; before, show them the key with aiven_cmk_get. Where the client can, the server asks the user itself. Do not retry after a refusal without new instructions.',
  annotations: DESTROYS,
  input: z.strictObject({
    project,
    cmk_id: cmkId,
    confirm_cmk_id: z.string().describe('The same CMK id again, to the letter'),
    dry_run: dryRun,
  }),
  output: orPlan(CmkResponse.extend({ approved_by: z.string().describe('human or argument') })),
  async handler({ project, cmk_id, confirm_cmk_id, dry_run }, { aiven, approve }) {
    if (confirm_cmk_id !== cmk_id) {
      throw new CmkError('confirmation_mismatch', `confirm_cmk_id is not ${cmk_id}; CMK ${cmk_id} was not deleted.`);
    }
    const seen = await aiven.get(project, cmk_id);
    const users = await assertNotInUse(aiven, project, cmk_id);
    if (dry_run) return { plan: preview(seen.cmk, users) };
    const approved_by = await approve(question(project, seen.cmk, users));
    const deleted = await deleteOnce(aiven, project, seen);
    return { ...deleted, approved_by, ...(!users && { warnings: [USE_UNKNOWN] }) };
  },
});

/** @throws CmkError `cmk_in_use` that names the services. Undefined where the API does not tell. */
async function assertNotInUse(
  aiven: AivenClient,
  project: string,
  id: string,
): Promise<DependentService[] | undefined> {
  const users = await aiven.dependentServices(project, id);
  if (!users || users.length === 0) return users;
  const names = users.map(({ service_name, status }) => sanitize(`${service_name} (${status})`, 100));
  const subject = names.length === 1 ? 'a service' : `${names.length} services`;
  throw new CmkError(
    'cmk_in_use',
    `CMK ${id} still protects ${subject} of ${project}: ${names.slice(0, 20).join(', ')}.`,
  );
}

function preview(before: Cmk, users: DependentService[] | undefined): Plan {
  return {
    action: 'delete',
    before,
    ...(users && { services: users }),
    warnings: [
      ...(users ? [] : [USE_UNKNOWN]),
      ...(before.default_cmk
        ? ['It is the default: new services would get no CMK until another is made the default.']
        : []),
      'A deleted key cannot be brought back. Where the client can, a human is asked first.',
    ],
  };
}

function question(project: string, cmk: Cmk, users: DependentService[] | undefined): ApprovalRequest {
  return {
    summary: 'Delete this customer managed key (CMK) from Aiven, for good?',
    project,
    target: cmk.id,
    targetType: 'CMK',
    details: {
      Provider: cmk.provider ?? 'unknown',
      'Key identifier': cmk.resource ?? 'unknown',
      Status: cmk.status ?? 'unknown',
      'Default for new services':
        cmk.default_cmk === undefined || cmk.default_cmk === null ? 'unknown' : cmk.default_cmk ? 'yes' : 'no',
      'Services that use it': users ? 'none' : `unknown. ${USE_UNKNOWN} Any that do would stop.`,
    },
  };
}
