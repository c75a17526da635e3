import * as z from 'zod';
import type { DependentServices } from '../aiven/dependent-services.ts';
import type { DependentService } from '../aiven/listed-services.ts';
import { countThatFit } from '../core/json-size.ts';

/**
 * Result fields for the services that use a key: a list, or that the API does not report them. They are published without
 * types, because clients check results and a later API may have fields of these names.
 */
export const Dependents = z.object({
  services: z.unknown().optional().describe('Services that use it: service_name, status'),
  services_unknown: z.unknown().optional().describe('true: the API does not report which'),
});

/** How to read the services that a result leaves out. */
export const MORE_SERVICES =
  'Not all services are shown: services_total is their number. aiven_cmk_services, of the toolset services, returns all of them.';

/**
 * Returns as many services as fit, those that are moving first; where that is not all, with `services_total`, their number.
 * `room` is in bytes of JSON.
 */
export function firstServices(services: readonly DependentService[], room: number) {
  if (countThatFit(services, room) === services.length) return { services };
  const moving = services.filter(({ status }) => status !== 'active');
  const ordered = [...moving, ...services.filter(({ status }) => status === 'active')];
  return { services: ordered.slice(0, countThatFit(ordered, room)), services_total: services.length };
}

/** Returns the fields of the services that use a key, as many as fit; if they are unknown, with the reason as a warning. */
export function describeDependents(use: DependentServices, room: number) {
  if (!use.known) return { services_unknown: true, warnings: [use.why] };
  const shown = firstServices(use.services, room);
  return { ...shown, ...('services_total' in shown && { warnings: [MORE_SERVICES] }) };
}
