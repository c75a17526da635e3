import * as z from 'zod';
import type { Aiven, KeyUser } from '../aiven/client.ts';
import { type Cmk, CmkAnswer } from '../aiven/schemas.ts';
import { erase } from '../aiven/settle.ts';
import type { Question } from '../approval.ts';
import { clean } from '../clean.ts';
import { CmkError } from '../errors.ts';
import { dryRun, orPlan, type Plan } from '../plan.ts';
import { DESTROYS, defineTool } from '../tool.ts';
import { cmkId, project } from './fields.ts';

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
  output: orPlan(CmkAnswer.extend({ approved_by: z.string().describe('human or argument') })),
  async handler({ project, cmk_id, confirm_cmk_id, dry_run }, { aiven, approve }) {
    if (confirm_cmk_id !== cmk_id) {
      throw new CmkError('confirmation_mismatch', `confirm_cmk_id is not ${cmk_id}; CMK ${cmk_id} was not deleted.`);
    }
    const seen = await aiven.get(project, cmk_id);
    const users = await unused(aiven, project, cmk_id);
    if (dry_run) return { plan: preview(seen.cmk, users) };
    const approved_by = await approve(question(project, seen.cmk, users));
    if (typeof approved_by !== 'string') return approved_by;
    const deleted = await erase(aiven, project, seen);
    return { ...deleted, approved_by, ...(!users && { warnings: [USE_UNKNOWN] }) };
  },
});

/** @throws CmkError `cmk_in_use` that names the services. Undefined where the API does not tell. */
async function unused(aiven: Aiven, project: string, id: string): Promise<KeyUser[] | undefined> {
  const users = await aiven.users(project, id);
  if (!users || users.length === 0) return users;
  const names = users.map(({ service_name, status }) => clean(`${service_name} (${status})`, 100));
  const subject = names.length === 1 ? 'a service' : `${names.length} services`;
  throw new CmkError(
    'cmk_in_use',
    `CMK ${id} still protects ${subject} of ${project}: ${names.slice(0, 20).join(', ')}.`,
  );
}

function preview(before: Cmk, users: KeyUser[] | undefined): Plan {
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

function question(project: string, cmk: Cmk, users: KeyUser[] | undefined): Question {
  return {
    deed: 'Delete this customer managed key (CMK) from Aiven, for good?',
    id: cmk.id,
    idOf: 'CMK',
    facts: {
      Project: project,
      'CMK id': cmk.id,
      Provider: cmk.provider ?? 'unknown',
      'Key identifier': cmk.resource ?? 'unknown',
      Status: cmk.status ?? 'unknown',
      'Default for new services':
        cmk.default_cmk === undefined || cmk.default_cmk === null ? 'unknown' : cmk.default_cmk ? 'yes' : 'no',
      'Services that use it': users ? 'none' : `unknown. ${USE_UNKNOWN} Any that do would stop.`,
    },
  };
}
