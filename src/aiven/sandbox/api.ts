import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AIVEN_MANAGED_KEY } from '../client.ts';
import type { Fetch } from '../fetch/fetch.ts';
import { PROVIDERS, RESOURCE_MAX } from '../kms/providers.ts';
import type { Cmk } from '../schemas.ts';
import {
  ACCESSORS,
  associations,
  cmk,
  completeMoves,
  now,
  type Project,
  type SandboxState,
  type Service,
  StateError,
  seed,
  showService,
  startMove,
} from './state.ts';
import { SANDBOX_TOKEN } from './token.ts';

const NewCmk = z.object({
  provider: z.enum(PROVIDERS),
  resource: z.string().min(1).max(RESOURCE_MAX),
  default_cmk: z.boolean().optional(),
});
const Change = z.object({ default_cmk: z.boolean().optional() });
const Assignment = z.object({ cmk_id: z.string().optional() });

/** A response as status and body. */
type ApiResponse = readonly [status: number, body: object];

/** The arguments of a route: the project of the path, the id at the end of the path, and the request's parsed body. */
interface RouteContext {
  readonly project: Project;
  readonly id: string;
  readonly body: unknown;
}

type Route = readonly [method: string, pattern: RegExp, handle: (context: RouteContext) => ApiResponse];

/** Parts of paths below `/v1/project/{name}`. */
const CMKS = '/secrets/cmks';
const ONE = '/(?<id>[^/]+)';

const ROUTES: readonly Route[] = [
  ['GET', at(`${CMKS}/accessors`), () => [200, { accessors: ACCESSORS }]],
  ['GET', at(CMKS), ({ project }) => [200, { cmks: [...project.cmks.values()] }]],
  ['POST', at(CMKS), create],
  ['GET', at(`${CMKS}${ONE}`), (context) => withCmk(context, (found) => [200, { cmk: found }])],
  ['POST', at(`${CMKS}${ONE}`), update],
  ['DELETE', at(`${CMKS}${ONE}`), remove],
  [
    'GET',
    at(`${CMKS}${ONE}/service_associations`),
    (context) => withCmk(context, ({ id }) => [200, { service_associations: associations(context.project, id) }]),
  ],
  ['POST', at(`${CMKS}${ONE}/access_check`), (context) => withCmk(context, (found) => [200, { cmk: found }])],
  ['GET', at('/service'), ({ project }) => [200, { services: project.services.map(showService) }]],
  ['GET', at(`/service${ONE}`), (context) => withService(context, (found) => [200, { service: showService(found) }])],
  ['PUT', at(`/service${ONE}`), assign],
];

function at(path: string): RegExp {
  return new RegExp(`^${path}$`);
}

/** Returns a state in memory, that of a new sandbox. */
function memoryState(): SandboxState {
  const projects = seed();
  return { use: async (handle) => handle(projects) };
}

/**
 * Creates Aiven's CMK API as a `Fetch`. It keeps state, checks the token and responds with the API's statuses and
 * error bodies. Each call creates a separate sandbox, unless a state is given.
 */
export function createSandbox(state: SandboxState = memoryState()): Fetch {
  return async (request) => {
    const given = await readBody(request);
    const [status, body] = await state.use((projects) => respond(projects, request, given)).catch(toResponse);
    return Response.json(body, { status });
  };
}

/** Returns the response to a request whose state cannot be used: a status that no client retries. */
function toResponse(error: unknown): ApiResponse {
  if (error instanceof StateError) return errorResponse(423, `The sandbox cannot use its state: ${error.message}.`);
  throw error;
}

function respond(projects: ReadonlyMap<string, Project>, request: Request, body: unknown): ApiResponse {
  const credential = request.headers.get('authorization') ?? '';
  // Aiven's own clients use the scheme `aivenv1` instead of `Bearer`.
  if (!/^(?:Bearer|aivenv1) /.test(credential) || credential.split(' ')[1] !== SANDBOX_TOKEN) {
    return errorResponse(401, 'Missing (expired) db token');
  }
  const { name = '', rest = '' } =
    /^\/v1\/project\/(?<name>[^/]+)(?<rest>\/.*)$/.exec(new URL(request.url).pathname)?.groups ?? {};
  const matching = ROUTES.flatMap(([method, pattern, handle]) => {
    const match = pattern.exec(rest);
    return match ? [{ method, handle, id: match.groups?.id ?? '' }] : [];
  });
  const route = matching.find(({ method }) => method === request.method);
  if (!route) return matching.length > 0 ? errorResponse(405, 'Method Not Allowed') : errorResponse(404, 'Not Found');
  const project = projects.get(name);
  if (!project) return errorResponse(404, 'Project does not exist');
  if (!project.operator)
    return errorResponse(403, "You don't have permission to perform this action: operator role required");
  completeMoves(project);
  return route.handle({ project, id: route.id, body });
}

function create({ project, body }: RouteContext): ApiResponse {
  const wanted = NewCmk.safeParse(body);
  if (!wanted.success) return invalid(wanted.error);
  const { provider, resource, default_cmk = false } = wanted.data;
  for (const existing of project.cmks.values()) {
    if (existing.provider === provider && existing.resource === resource)
      return errorResponse(409, 'CMK already exists');
  }
  const created = cmk(randomUUID(), { provider, resource });
  project.cmks.set(created.id, created);
  setDefault(project, created, default_cmk);
  return [201, { cmk: created }];
}

function update(context: RouteContext): ApiResponse {
  return withCmk(context, (found) => {
    const change = Change.safeParse(context.body);
    if (!change.success) return invalid(change.error);
    if (change.data.default_cmk !== undefined) setDefault(context.project, found, change.data.default_cmk);
    return [200, { cmk: found }];
  });
}

function remove(context: RouteContext): ApiResponse {
  return withCmk(context, (found) => {
    if (associations(context.project, found.id).length > 0) {
      return errorResponse(409, 'CMK cannot be deleted because it is still associated with one or more services');
    }
    context.project.cmks.delete(found.id);
    return [200, { cmk: found }];
  });
}

function withCmk({ project, id }: RouteContext, then: (found: Cmk) => ApiResponse): ApiResponse {
  const found = project.cmks.get(id.toLowerCase());
  return found ? then(found) : errorResponse(404, 'CMK does not exist');
}

/** Sets or clears the default. A project has at most one: a new default replaces the old one. */
function setDefault(project: Project, target: Cmk, value: boolean): void {
  for (const entry of project.cmks.values()) {
    const wanted = entry === target ? value : entry.default_cmk === true && !value;
    if (entry.default_cmk !== wanted) Object.assign(entry, { default_cmk: wanted, updated_at: now() });
  }
}

function assign(context: RouteContext): ApiResponse {
  return withService(context, (found) => {
    const wanted = Assignment.safeParse(context.body);
    if (!wanted.success) return invalid(wanted.error);
    const { cmk_id } = wanted.data;
    if (
      cmk_id !== undefined &&
      cmk_id !== AIVEN_MANAGED_KEY &&
      context.project.cmks.get(cmk_id.toLowerCase())?.status !== 'current'
    ) {
      return errorResponse(404, 'CMK does not exist');
    }
    if (cmk_id !== undefined) startMove(found, cmk_id.toLowerCase());
    return [200, { service: showService(found) }];
  });
}

function withService({ project, id }: RouteContext, then: (found: Service) => ApiResponse): ApiResponse {
  const found = project.services.find(({ service_name }) => service_name === id);
  return found ? then(found) : errorResponse(404, 'Service does not exist');
}

function invalid(error: z.ZodError): ApiResponse {
  const faults = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  return errorResponse(400, `Invalid input: ${faults.join('; ')}`);
}

function errorResponse(status: number, message: string): ApiResponse {
  return [status, { message, errors: [{ message, status }] }];
}

async function readBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
