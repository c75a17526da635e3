import * as z from 'zod';
import { dependentServices } from '../../aiven/dependent-services.ts';
import type { DependentService } from '../../aiven/listed-services.ts';
import { describeCuts } from '../../core/json-size.ts';
import { startOfPage } from '../cursor.ts';
import { Dependents } from '../dependents.ts';
import { cmkId, cursor, Paged, project } from '../fields.ts';
import { FRAME_MAX, pageOf } from '../page.ts';
import { defineTool, READS } from '../tool.ts';

/** Lists the services that use a key. */
export const services = defineTool({
  name: 'aiven_cmk_services',
  title: 'List services of a CMK',
  toolset: 'services',
  description:
    'List only the services that use a CMK, or are moving to (activating) or from it (deactivating). Use to poll after aiven_cmk_assign until nothing is deactivating; to see key and services together, aiven_cmk_get with include_services.',
  annotations: READS,
  input: z.strictObject({ project, cmk_id: cmkId, cursor }),
  output: Dependents.extend(Paged.partial().shape),
  async handler({ project, cmk_id, cursor }, { aiven, resultMax }) {
    const start = startOfPage(['aiven_cmk_services', project, cmk_id.toLowerCase()], cursor);
    const use = await dependentServices(aiven, project, cmk_id);
    if (!use.known) return { services_unknown: true, warnings: [use.why] };
    const { entries, total, next_cursor, cuts } = pageOf(use.services, {
      start,
      idOf: ({ service_name }) => service_name,
      show: (service) => service,
      room: resultMax - FRAME_MAX,
    });
    const warnings = describeCuts('A service', cuts);
    return {
      services: entries,
      total,
      ...(next_cursor !== undefined && { next_cursor, note: noteOn(use.services) }),
      ...(warnings.length > 0 && { warnings }),
    };
  },
});

/** Returns how to read on, and what a poll waits for, which may be on another page. */
function noteOn(all: readonly DependentService[]): string {
  const count = (wanted: string) => all.filter(({ status }) => status === wanted).length;
  return `There are more: call again with cursor. Of all, ${count('activating')} are activating, ${count('deactivating')} deactivating.`;
}
