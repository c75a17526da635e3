import * as z from 'zod';
import { AIVEN_MANAGED_KEY } from '../client.ts';
import { addEvent } from './events.ts';
import { type ApiResponse, errorResponse, invalid, type RouteContext } from './route.ts';
import { completeMoves, newService, type Project, type Service, showService, startMove } from './state.ts';

const Settings = z.object({
  cmk_id: z.string().nullish(),
  cloud: z.string().nullish(),
  plan: z.string().nullish(),
});
const NewService = Settings.extend({
  service_name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  service_type: z.enum(['kafka', 'opensearch', 'pg', 'valkey']),
  plan: z.string().min(1),
});

/** Creates a service on the key given, on the project's default key, or on a key that Aiven manages. */
export function createService({ project, body }: RouteContext): ApiResponse {
  const wanted = NewService.safeParse(body);
  if (!wanted.success) return invalid(wanted.error);
  const { service_name, service_type, plan, cloud, cmk_id } = wanted.data;
  if (project.services.some((each) => each.service_name === service_name)) {
    return errorResponse(409, 'Service name is already in use in this project');
  }
  if (cmk_id && !isUsable(project, cmk_id)) return errorResponse(404, 'CMK does not exist');
  const byDefault = [...project.cmks.values()].find(({ default_cmk }) => default_cmk === true)?.id ?? null;
  const key = cmk_id ? cmk_id.toLowerCase() : byDefault;
  const created = newService({ service_name, service_type, plan, ...(cloud && { cloud_name: cloud }) }, key);
  project.services.push(created);
  addEvent(project, 'service_create', `Created service ${service_name}${key ? ` on CMK ${key}` : ''}`, service_name);
  return [201, { service: showService(created) }];
}

/** Changes a service. The response has the new key at once, whereas reads have the active one until the move has ended. */
export function updateService(context: RouteContext): ApiResponse {
  return withService(context, (found) => {
    const wanted = Settings.safeParse(context.body);
    if (!wanted.success) return invalid(wanted.error);
    const { cmk_id, plan, cloud } = wanted.data;
    if (cmk_id && !isUsable(context.project, cmk_id)) return errorResponse(404, 'CMK does not exist');
    if (plan) found.plan = plan;
    if (cloud) found.cloud_name = cloud;
    if (!cmk_id) return [200, { service: showService(found) }];
    startMove(found, cmk_id.toLowerCase());
    const to = found.move ? found.move.to : found.cmk_id;
    addEvent(
      context.project,
      'service_update',
      `Moved service ${found.service_name} to ${to ? `CMK ${to}` : 'a key that Aiven manages'}`,
      found.service_name,
    );
    return [200, { service: { ...showService(found), cmk_id: to } }];
  });
}

/** Responds about the service of the path. */
export function withService({ project, id }: RouteContext, then: (found: Service) => ApiResponse): ApiResponse {
  completeMoves(project);
  const found = project.services.find(({ service_name }) => service_name === id);
  return found ? then(found) : errorResponse(404, 'Service does not exist');
}

/** Whether a service can be put on a key: a current one, or Aiven's own. */
function isUsable(project: Project, cmk_id: string): boolean {
  return cmk_id === AIVEN_MANAGED_KEY || project.cmks.get(cmk_id.toLowerCase())?.status === 'current';
}
