import * as z from 'zod';
import { AIVEN_MANAGED_KEY, type AivenClient } from '../../aiven/client.ts';
import { isSegment, SEGMENT_RULE } from '../../aiven/path.ts';
import { type Cmk, ServiceResponse } from '../../aiven/schemas.ts';
import { assignOnce } from '../../aiven/write-once.ts';
import { CmkError } from '../../core/errors.ts';
import { dryRun, orPlan } from '../dry-run.ts';
import { cmkId, project } from '../fields.ts';
import { DESTROYS, defineTool } from '../tool.ts';

const NOTE =
  'The move has begun. Re-encryption goes on and may take long: poll aiven_cmk_services of the old key until this service is gone from it.';

export const assign = defineTool({
  name: 'aiven_cmk_assign',
  title: 'Move service to CMK',
  toolset: 'services',
  description:
    'Move one service to another CMK, or with aiven_managed to a key that Aiven manages. The key must be current and Aiven must have access to it, or the service stops. Only on the explicit wish of the user; where the client can, the server asks them itself. Move one service at a time.',
  annotations: DESTROYS,
  input: z.strictObject({
    project,
    service: z.string().refine(isSegment, `a service name is ${SEGMENT_RULE}`).describe('Aiven service name'),
    cmk_id: cmkId.optional().describe('CMK id (UUID) to move to; or give aiven_managed'),
    aiven_managed: z.boolean().optional().describe('true: move to a key that Aiven manages'),
    dry_run: dryRun,
  }),
  output: orPlan(ServiceResponse.extend({ approved_by: z.string(), note: z.string() })),
  async handler({ project, service, cmk_id, aiven_managed, dry_run }, { aiven, approve }) {
    if ((cmk_id === undefined) === (aiven_managed !== true)) {
      throw new CmkError('invalid_arguments', 'aiven_cmk_assign takes either cmk_id or aiven_managed: true.');
    }
    const target = cmk_id ?? AIVEN_MANAGED_KEY;
    const before = await aiven.service(project, service);
    const key = cmk_id === undefined ? undefined : await current(aiven, project, cmk_id);
    const from = before.service.cmk_id ?? AIVEN_MANAGED_KEY;
    const same = from.toLowerCase() === target.toLowerCase();
    if (dry_run) {
      const warnings = [same ? 'The service uses this key already; the call would change nothing.' : NOTE];
      const after = { ...before.service, cmk_id: cmk_id ?? null };
      return {
        plan: { action: same ? ('none' as const) : ('assign' as const), before: before.service, after, warnings },
      };
    }
    if (same) return { ...before, note: 'The service uses this key already; nothing was sent.' };
    const details = {
      State: before.service.state ?? 'unknown',
      'From key': from === AIVEN_MANAGED_KEY ? 'managed by Aiven' : from,
      'To key': key ? key.id : 'managed by Aiven',
      ...(key && { 'Identifier of that key': key.resource ?? 'unknown' }),
    };
    const summary = 'Move this service to another key? If Aiven cannot use that key, the service stops.';
    const approved_by = await approve({ summary, project, target: service, targetType: 'service', details });
    return { ...(await assignOnce(aiven, project, service, target)), approved_by, note: NOTE };
  },
});

/** The key from the list, whose entries name their status where single answers may not. @throws CmkError `cmk_not_current` */
async function current(aiven: AivenClient, project: string, id: string): Promise<Cmk> {
  const { cmks } = await aiven.list(project);
  const key = cmks.find((cmk) => cmk.id.toLowerCase() === id.toLowerCase());
  if (!key) throw new CmkError('not_found', `CMK ${id} is not listed in ${project}.`);
  if (key.status === 'current') return key;
  throw new CmkError('cmk_not_current', `CMK ${id} is ${key.status ?? 'of unknown status'}, not current.`);
}
