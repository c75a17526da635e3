import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { PROVIDERS, RESOURCE_MAX } from '../aiven/providers.ts';
import type { Cmk } from '../aiven/schemas.ts';
import { ACCESSORS, cmk, now, type Project, seed } from './state.ts';

/** The one token the sandbox accepts. */
export const SANDBOX_TOKEN = 'sandbox-token';

const NewCmk = z.object({
  provider: z.enum(PROVIDERS),
  resource: z.string().min(1).max(RESOURCE_MAX),
  default_cmk: z.boolean().optional(),
});
const Change = z.object({ default_cmk: z.boolean().optional() });

/** An answer as status and body. */
type Answer = readonly [status: number, body: object];

/** What a route works with: the project of its path, the rest of the path, and the request's parsed body. */
interface Visit {
  readonly project: Project;
  readonly id: string;
  readonly body: unknown;
}

type Route = readonly [method: string, pattern: RegExp, answer: (visit: Visit) => Answer];

const ROUTES: readonly Route[] = [
  ['GET', /^\/accessors$/, () => [200, { accessors: ACCESSORS }]],
  ['GET', /^$/, ({ project }) => [200, { cmks: [...project.cmks.values()] }]],
  ['POST', /^$/, create],
  ['GET', /^\/(?<id>[^/]+)$/, (visit) => withCmk(visit, (found) => [200, { cmk: found }])],
  ['POST', /^\/(?<id>[^/]+)$/, update],
  ['DELETE', /^\/(?<id>[^/]+)$/, remove],
  [
    'GET',
    /^\/(?<id>[^/]+)\/service_associations$/,
    (visit) => withCmk(visit, ({ id }) => [200, { service_associations: associations(visit.project, id) }]),
  ],
];

/**
 * Aiven's CMK API in memory, to stand in for `fetch`: it keeps state, checks the token and answers with the API's
 * statuses and error bodies. Every call makes a sandbox of its own.
 */
export function createSandbox(): (request: Request) => Promise<Response> {
  const projects = seed();
  return async (request) => {
    const [status, body] = await answer(projects, request);
    return Response.json(body, { status });
  };
}

async function answer(projects: ReadonlyMap<string, Project>, request: Request): Promise<Answer> {
  if (request.headers.get('authorization') !== `Bearer ${SANDBOX_TOKEN}`)
    return refuse(401, 'Missing (expired) db token');
  const { name = '', rest = '' } =
    /^\/v1\/project\/(?<name>[^/]+)\/secrets\/cmks(?<rest>.*)$/.exec(new URL(request.url).pathname)?.groups ?? {};
  const matching = ROUTES.flatMap(([method, pattern, handle]) => {
    const match = pattern.exec(rest);
    return name && match ? [{ method, handle, id: match.groups?.id ?? '' }] : [];
  });
  const route = matching.find(({ method }) => method === request.method);
  if (!route) return matching.length > 0 ? refuse(405, 'Method Not Allowed') : refuse(404, 'Not Found');
  const project = projects.get(name);
  if (!project) return refuse(404, 'Project does not exist');
  return route.handle({ project, id: route.id, body: await readBody(request) });
}

function create({ project, body }: Visit): Answer {
  const wanted = NewCmk.safeParse(body);
  if (!wanted.success) return invalid(wanted.error);
  const { provider, resource, default_cmk = false } = wanted.data;
  for (const existing of project.cmks.values()) {
    if (existing.provider === provider && existing.resource === resource) return refuse(409, 'CMK already exists');
  }
  const created = cmk(randomUUID(), { provider, resource });
  project.cmks.set(created.id, created);
  setDefault(project, created, default_cmk);
  return [201, { cmk: created }];
}

function update(visit: Visit): Answer {
  return withCmk(visit, (found) => {
    const change = Change.safeParse(visit.body);
    if (!change.success) return invalid(change.error);
    if (change.data.default_cmk !== undefined) setDefault(visit.project, found, change.data.default_cmk);
    return [200, { cmk: found }];
  });
}

function remove(visit: Visit): Answer {
  return withCmk(visit, (found) => {
    if (associations(visit.project, found.id).length > 0) {
      return refuse(409, 'CMK cannot be deleted because it is still associated with one or more services');
    }
    visit.project.cmks.delete(found.id);
    return [200, { cmk: found }];
  });
}

function withCmk({ project, id }: Visit, then: (found: Cmk) => Answer): Answer {
  const found = project.cmks.get(id);
  return found ? then(found) : refuse(404, 'CMK does not exist');
}

/** A project has at most one default: making one key the default takes it from the other. */
function setDefault(project: Project, target: Cmk, value: boolean): void {
  for (const entry of project.cmks.values()) {
    const wanted = entry === target ? value : entry.default_cmk === true && !value;
    if (entry.default_cmk !== wanted) Object.assign(entry, { default_cmk: wanted, updated_at: now() });
  }
}

function associations({ services }: Project, id: string): object[] {
  const users = services.filter(({ cmk_id }) => cmk_id === id);
  return users.map(({ service_name }) => ({ service_name, status: 'active' }));
}

function invalid(error: z.ZodError): Answer {
  const faults = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  return refuse(400, `Invalid input: ${faults.join('; ')}`);
}

function refuse(status: number, message: string): Answer {
  return [status, { message, errors: [{ message, status }] }];
}

async function readBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
