import * as z from 'zod';
import { dependentServices } from '../../aiven/dependent-services.ts';
import { eventsOf, type KeyEvents } from '../../aiven/events.ts';
import { CmkResponse } from '../../aiven/schemas.ts';
import { countThatFit } from '../../core/json-size.ts';
import { Dependents, describeDependents } from '../dependents.ts';
import { cmkId, project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Returns one key, on request with the services that use it, and with what Aiven recorded about it. */
export const get = defineTool({
  name: 'aiven_cmk_get',
  title: 'Get CMK',
  description:
    'Get one CMK by id. Use to check it before and after a change, with include_services also which services use it or are moving.',
  annotations: READS,
  input: z.strictObject({
    project,
    cmk_id: cmkId,
    include_services: z.boolean().optional().describe('Also list the services that use it'),
    include_events: z.boolean().optional().describe("Also list the entries of Aiven's event log that name it"),
  }),
  argumentToolsets: { include_events: 'services' },
  output: CmkResponse.extend(Dependents.shape),
  async handler({ project, cmk_id, include_services, include_events }, { aiven, resultMax }) {
    const room = resultMax / 3; // A third for services, one for events, one for the key.
    const response = await aiven.get(project, cmk_id);
    const { cmk } = response;
    const use = include_services ? describeDependents(await dependentServices(aiven, project, cmk.id), room) : {};
    const log = include_events ? firstEvents(await eventsOf(aiven, project, cmk), room) : {};
    const warnings = [use, log].flatMap((part) => ('warnings' in part ? part.warnings : []));
    return { ...response, ...use, ...log, ...(warnings.length > 0 && { warnings }) };
  },
});

/** Returns the newest events that fit, and a warning where those are not all. */
function firstEvents(log: KeyEvents, room: number) {
  if ('events_unknown' in log) return log;
  const count = countThatFit(log.events, room);
  const all = log.events.length;
  const warnings = [`Only the newest ${count} of ${all} events that name the key are shown.`];
  return { events: log.events.slice(0, count), ...(count < all && { events_total: all, warnings }) };
}
