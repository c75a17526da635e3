import * as z from 'zod';
import { AIVEN_MANAGED_KEY, type AivenClient } from '../../aiven/client.ts';
import { isSegment, SEGMENT_RULE } from '../../aiven/path.ts';
import { type Cmk, ServiceResponse } from '../../aiven/schemas.ts';
import { assignOnce } from '../../aiven/write-once.ts';
import { CmkError } from '../../core/errors.ts';
import { isSameId } from '../../core/uuid.ts';
import { dryRun, orPlan, type Plan } from '../dry-run.ts';
import { ApprovedBy, cmkId, lastChange, project } from '../fields.ts';
import { DESTROYS, defineTool } from '../tool.ts';

const NEXT =
  'Re-encryption may take hours: poll aiven_cmk_services of the old key until it no longer lists this service.';

/** Moves a service to another key. */
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
  output: orPlan(ServiceResponse.extend({ ...ApprovedBy.shape, note: z.string() })),
  async handler({ project, service, cmk_id, aiven_managed, dry_run }, { aiven, approve }) {
    if ((cmk_id === undefined) === (aiven_managed !== true)) {
      throw new CmkError('invalid_arguments', 'aiven_cmk_assign takes either cmk_id or aiven_managed: true.');
    }
    const before = await aiven.service(project, service);
    const key = cmk_id === undefined ? undefined : await currentKey(aiven, project, cmk_id);
    const target = key?.id ?? AIVEN_MANAGED_KEY; // In the API's own spelling.
    const { cmk_id: from } = before.service; // null: managed by Aiven; undefined: not reported.
    const same = from !== undefined && isSameId(from ?? AIVEN_MANAGED_KEY, target);
    if (dry_run) return { plan: preview(before, key, same) };
    if (same) return { ...summarize(before), note: 'The service uses this key already; nothing was sent.' };
    const approval = await approve({
      summary: 'Move this service to another key? If Aiven cannot use that key, the service stops.',
      project,
      target: service,
      targetType: 'service',
      details: {
        State: before.service.state ?? 'unknown',
        'Last change': lastChange(before.service),
        'From key': describeKey(from),
        'To key': key ? key.id : describeKey(null),
        ...(key && { 'Identifier of that key': key.resource ?? 'unknown', 'Last change of that key': lastChange(key) }),
      },
    });
    const moved = await assignOnce(aiven, project, service, target);
    return { ...moved, ...summarize(moved), ...approval, note: `The move has begun. ${NEXT}` };
  },
});

/** The fields of a service that results show; the others are long, and some of them are passwords. */
const SHOWN = ['service_name', 'service_type', 'state', 'cmk_id', 'plan', 'cloud_name', 'update_time'];

/** Returns a response about a service without the fields of the service that a move does not need. */
function summarize({ service }: ServiceResponse): ServiceResponse {
  const shown = Object.entries(service).filter(([name]) => SHOWN.includes(name));
  return { service: { ...Object.fromEntries(shown), service_name: service.service_name } };
}

function describeKey(id: string | null | undefined): string {
  if (id === undefined) return 'unknown';
  return id === null || isSameId(id, AIVEN_MANAGED_KEY) ? 'managed by Aiven' : id;
}

function preview({ service }: ServiceResponse, key: Cmk | undefined, same: boolean): Plan {
  return {
    action: same ? 'none' : 'assign',
    before: summarize({ service }).service,
    after: { cmk_id: key?.id ?? null },
    warnings: [
      same
        ? 'The service uses this key already; the call would change nothing.'
        : `The call would start the move. After that: ${NEXT}`,
    ],
  };
}

/**
 * Returns a key that services can move to, from the list: a response about one key may lack the status.
 * @throws CmkError `cmk_not_current`, `not_found`.
 */
async function currentKey(aiven: AivenClient, project: string, id: string): Promise<Cmk> {
  const { cmks } = await aiven.list(project);
  const key = cmks.find((cmk) => isSameId(cmk.id, id));
  if (!key) throw new CmkError('not_found', `CMK ${id} is not listed in ${project}.`, { missing: 'cmk' });
  if (key.status === 'current') return key;
  throw new CmkError('cmk_not_current', `CMK ${id} is ${key.status ?? 'of unknown status'}, not current.`);
}
