import * as z from 'zod';
import { dependentServices } from '../../aiven/dependent-services.ts';
import { eventsOf } from '../../aiven/events.ts';
import { CmkResponse } from '../../aiven/schemas.ts';
import { cmkId, Dependents, describeDependents, project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Returns one key, on request with the services that use it, and with what Aiven recorded about it. */
export const get = defineTool({
  name: 'aiven_cmk_get',
  title: 'Get CMK',
  description:
    'Get one CMK by id. Use to check a key before and after changing it, with include_services also which services use it or are moving.',
  annotations: READS,
  input: z.strictObject({
    project,
    cmk_id: cmkId,
    include_services: z.boolean().optional().describe('Also list the services that use it'),
    include_events: z.boolean().optional().describe("Also list the entries of Aiven's event log that name it"),
  }),
  argumentToolsets: { include_events: 'services' },
  output: CmkResponse.extend(Dependents.shape),
  async handler({ project, cmk_id, include_services, include_events }, { aiven }) {
    const response = await aiven.get(project, cmk_id);
    const { cmk } = response;
    const use = include_services ? describeDependents(await dependentServices(aiven, project, cmk.id)) : {};
    const log = include_events ? await eventsOf(aiven, project, cmk) : {};
    const warnings = [use, log].flatMap((part) => ('warnings' in part ? part.warnings : []));
    return { ...response, ...use, ...log, ...(warnings.length > 0 && { warnings }) };
  },
});
