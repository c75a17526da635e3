import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Fetch } from '../fetch/fetch.ts';
import { PROVIDERS, RESOURCE_MAX } from '../kms/providers.ts';
import type { Cmk } from '../schemas.ts';
import { ACCOUNT_ROUTES } from './account.ts';
import { addEvent } from './events.ts';
import { type ApiResponse, errorResponse, invalid, type RouteContext } from './route.ts';
import { createService, updateService, withService } from './services.ts';
import {
  ACCESSORS,
  associations,
  cmk,
  completeMoves,
  now,
  type Project,
  type SandboxState,
  StateError,
  seed,
  showService,
} from './state.ts';
import { SANDBOX_TOKEN } from './token.ts';

const NewCmk = z.object({
  provider: z.enum(PROVIDERS),
  resource: z.string().min(1).max(RESOURCE_MAX),
  default_cmk: z.boolean().optional(),
});
const Change = z.object({ default_cmk: z.boolean().optional() });

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
  ['POST', at('/service'), createService],
  ['GET', at(`/service${ONE}`), (context) => withService(context, (found) => [200, { service: showService(found) }])],
  ['PUT', at(`/service${ONE}`), updateService],
  ['GET', at('/vpcs'), () => [200, { vpcs: [] }]],
  ['GET', at('/events'), ({ project, query }) => [200, { events: project.events.slice(0, limitOf(query)) }]],
];

/** Returns the `limit` of a query, 100 unless it is given as a number. */
function limitOf(query: URLSearchParams): number {
  const limit = query.get('limit') ?? '';
  return /^\d{1,4}$/.test(limit) ? Number(limit) : 100;
}

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
  const { pathname, searchParams: query } = new URL(request.url);
  const account = respondAboutAccount(projects, request.method, pathname);
  if (account) return account;
  const { name = '', rest = '' } = /^\/v1\/project\/(?<name>[^/]+)(?<rest>\/.*)$/.exec(pathname)?.groups ?? {};
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
  return route.handle({ project, id: route.id, body, query });
}

/** Returns the response to a request that is about no key or service; undefined for another request. */
function respondAboutAccount(
  projects: ReadonlyMap<string, Project>,
  method: string,
  pathname: string,
): ApiResponse | undefined {
  if (!pathname.startsWith('/v1/')) return undefined;
  for (const [path, show] of ACCOUNT_ROUTES) {
    const match = path.exec(pathname.slice('/v1'.length));
    if (!match) continue;
    if (method !== 'GET') return errorResponse(405, 'Method Not Allowed');
    const body = show(projects, match.groups?.name ?? '');
    return body
      ? [200, body]
      : errorResponse(404, pathname.includes('service') ? 'Not Found' : 'Project does not exist');
  }
  return undefined;
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
  addEvent(project, 'cmk_create', `Created CMK ${created.id} for ${resource}`);
  return [201, { cmk: created }];
}

function update(context: RouteContext): ApiResponse {
  return withCmk(context, (found) => {
    const change = Change.safeParse(context.body);
    if (!change.success) return invalid(change.error);
    const { default_cmk } = change.data;
    if (default_cmk !== undefined) {
      setDefault(context.project, found, default_cmk);
      addEvent(context.project, 'cmk_update', `Updated CMK ${found.id}: default_cmk ${default_cmk}`);
    }
    return [200, { cmk: found }];
  });
}

function remove(context: RouteContext): ApiResponse {
  return withCmk(context, (found) => {
    if (associations(context.project, found.id).length > 0) {
      return errorResponse(409, 'CMK cannot be deleted because it is still associated with one or more services');
    }
    context.project.cmks.delete(found.id);
    addEvent(context.project, 'cmk_delete', `Deleted CMK ${found.id}`);
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

async function readBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
