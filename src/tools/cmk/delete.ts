import * as z from 'zod';
import { type DependentServices, dependentServices } from '../../aiven/dependent-services.ts';
import { type Cmk, CmkResponse } from '../../aiven/schemas.ts';
import { deleteOnce } from '../../aiven/write-once.ts';
import { CmkError } from '../../core/errors.ts';
import { sanitize } from '../../core/sanitize.ts';
import type { ApprovalRequest } from '../../guard/approval/request.ts';
import { dryRun, orPlan, type Plan } from '../dry-run.ts';
import { ApprovedBy, cmkId, lastChange, project } from '../fields.ts';
import { DESTROYS, defineTool } from '../tool.ts';

/** Deletes a key. `delete` is a reserved word, so the export is not named like the file. */
export const remove = defineTool({
  name: 'aiven_cmk_delete',
  title: 'Delete CMK',
  description:
    "Delete a CMK for good. Refused while services use it: first move them to another key. Only on the user's explicit wish; before, show them the key with aiven_cmk_get. Where the client can, the server asks the user itself. Do not retry a refusal without new instructions.",
  annotations: DESTROYS,
  input: z.strictObject({
    project,
    cmk_id: cmkId,
    confirm_cmk_id: z.string().describe('The same CMK id again, to the letter'),
    dry_run: dryRun,
  }),
  output: orPlan(CmkResponse.extend(ApprovedBy.shape)),
  async handler({ project, cmk_id, confirm_cmk_id, dry_run }, { aiven, approve }) {
    if (confirm_cmk_id !== cmk_id) {
      throw new CmkError('confirmation_mismatch', `confirm_cmk_id is not ${cmk_id}; CMK ${cmk_id} was not deleted.`);
    }
    const seen = await aiven.get(project, cmk_id);
    const { id } = seen.cmk; // The API's own spelling is used from here on.
    if (seen.cmk.status === 'deleted')
      throw new CmkError('already_deleted', `CMK ${id} of ${project} is deleted already.`);
    const use = await dependentServices(aiven, project, id);
    assertNotInUse(project, id, use);
    const unknown = use.known ? undefined : `Aiven did not report which services use CMK ${id}: ${use.why}`;
    if (dry_run) return { plan: preview(seen.cmk, unknown) };
    const approval = await approve(approvalRequest(project, seen.cmk, unknown));
    const deleted = await deleteOnce(aiven, project, seen);
    const warnings = [...(unknown ? [unknown] : []), ...warningsOf(seen.cmk)];
    return { ...deleted, ...approval, ...(warnings.length > 0 && { warnings }) };
  },
});

/** Checks that no service is known to use a key; unknown use passes. @throws CmkError `cmk_in_use` that names up to 20 services. */
function assertNotInUse(project: string, id: string, use: DependentServices): void {
  if (!use.known || use.services.length === 0) return;
  const names = use.services.map(({ service_name, status }) => sanitize(`${service_name} (${status})`, 100));
  const subject = names.length === 1 ? 'a service' : `${names.length} services`;
  throw new CmkError(
    'cmk_in_use',
    `CMK ${id} still protects ${subject} of ${project}: ${names.slice(0, 20).join(', ')}.`,
  );
}

function preview(before: Cmk, unknown: string | undefined): Plan {
  return {
    action: 'delete',
    before,
    ...(!unknown && { services: [] }),
    warnings: [
      ...(unknown ? [`${unknown} Unless a person approves exactly that, the call is refused: use_unknown.`] : []),
      ...warningsOf(before),
      'A deleted key cannot be brought back. Where a person can be asked, they have to approve it first.',
    ],
  };
}

/** Returns what a person should know before this key is deleted, as sentences that a form can show. */
function warningsOf({ default_cmk, status }: Cmk): string[] {
  return [
    ...(default_cmk ? ['It is the default. New services get no CMK until another key is made the default.'] : []),
    ...(status === 'old' ? ['Its status is old. Backups from the time when it was in use may still need it.'] : []),
  ];
}

function approvalRequest(project: string, cmk: Cmk, unknown: string | undefined): ApprovalRequest {
  const warnings = warningsOf(cmk);
  const summary = 'Delete this customer managed key (CMK) from Aiven, for good';
  return {
    summary: unknown ? `${summary}, although it is unknown which services use it?` : `${summary}?`,
    project,
    target: cmk.id,
    targetType: 'CMK',
    details: {
      Provider: cmk.provider ?? 'unknown',
      'Key identifier': cmk.resource ?? 'unknown',
      Status: cmk.status ?? 'unknown',
      'Last change': lastChange(cmk),
      'Default for new services':
        cmk.default_cmk === undefined || cmk.default_cmk === null ? 'unknown' : cmk.default_cmk ? 'yes' : 'no',
      // Without the reason, which may change between the form and the approval.
      'Services that use it': unknown ? 'unknown. Aiven did not report them. Any that use it would stop.' : 'none',
      ...(warnings.length > 0 && { Warning: warnings.join(' ') }),
    },
    ...(unknown && { personRequired: new CmkError('use_unknown', unknown) }),
  };
}
