import { CmkError } from '../core/errors.ts';
import { isSameId } from '../core/uuid.ts';
import { type Connection, HttpClient, type RequestContext } from './http.ts';
import type { Provider } from './kms/providers.ts';
import { isSegment, path } from './path.ts';
import {
  AccessorsResponse,
  AssociationsResponse,
  CmkListResponse,
  CmkResponse,
  EventsResponse,
  ListedProject,
  ProjectsResponse,
  ServiceResponse,
  ServicesResponse,
} from './schemas.ts';

/** The fields of a key registration (`byok.mdx`, "Register CMK resource identifier"). */
export interface NewCmk {
  readonly provider: Provider;
  readonly resource: string;
  readonly default_cmk?: boolean;
}

/** The id that the API uses for a key which Aiven manages ("Services and keys"). */
export const AIVEN_MANAGED_KEY = '00000000-0000-0000-0000-000000000000';

/** Calls Aiven's CMK API for one tool call: one method per endpoint. Each throws only CmkError. */
export class AivenClient {
  readonly http: HttpClient;

  constructor(connection: Connection, context: RequestContext) {
    this.http = new HttpClient(connection, context);
  }

  /** Creates a client for reads outside a tool call. All its reads together take at most `timeoutMs`; writes fail. */
  static forReads(connection: Connection, timeoutMs: number): AivenClient {
    return new AivenClient(connection, {
      signal: AbortSignal.timeout(timeoutMs),
      deadline: Date.now() + timeoutMs,
      aroundWrite: () => Promise.reject(new CmkError('internal', 'A client for reads was used to write.')),
      onAttempt: () => {},
      onDelay: () => {},
    });
  }

  /** Returns the principals to grant access to in each cloud's KMS. */
  accessors(project: string) {
    return this.http.read(path`v1/project/${project}/secrets/cmks/accessors`, AccessorsResponse);
  }

  /** Returns a project's keys. */
  list(project: string) {
    return this.http.read(path`v1/project/${project}/secrets/cmks`, CmkListResponse);
  }

  /** Returns one key. */
  get(project: string, id: string) {
    return this.http.read(path`v1/project/${project}/secrets/cmks/${id}`, responseFor(id));
  }

  /** Registers a key. */
  create(project: string, cmk: NewCmk) {
    return this.http.write('POST', path`v1/project/${project}/secrets/cmks`, CmkResponse, cmk);
  }

  /** Changes the one field of a key that can change. */
  update(project: string, id: string, change: { default_cmk: boolean }) {
    return this.http.write('POST', path`v1/project/${project}/secrets/cmks/${id}`, responseFor(id), change);
  }

  /** Deletes a key. */
  delete(project: string, id: string) {
    return this.http.write('DELETE', path`v1/project/${project}/secrets/cmks/${id}`, responseFor(id));
  }

  /** Starts Aiven's check whether it can use the key. The API reference does not say how the outcome is reported. */
  accessCheck(project: string, id: string) {
    return this.http.write('POST', path`v1/project/${project}/secrets/cmks/${id}/access_check`, responseFor(id), {});
  }

  /** Returns one service with its active key. */
  service(project: string, name: string) {
    return this.http.read(path`v1/project/${project}/service/${name}`, ServiceResponse);
  }

  /** Starts to move a service to a key, or with `AIVEN_MANAGED_KEY` to one that Aiven manages. */
  assign(project: string, name: string, cmk_id: string) {
    return this.http.write('PUT', path`v1/project/${project}/service/${name}`, ServiceResponse, { cmk_id });
  }

  /** Returns the services that use a key or are moving to or from it; an API without associations responds with 404. */
  serviceAssociations(project: string, id: string) {
    return this.http.read(path`v1/project/${project}/secrets/cmks/${id}/service_associations`, AssociationsResponse);
  }

  /** Returns the project's services, each with its active key. */
  services(project: string) {
    return this.http.read(path`v1/project/${project}/service`, ServicesResponse);
  }

  /** Returns the latest 100 entries of the project's event log. */
  events(project: string) {
    return this.http.read(path`v1/project/${project}/events`, EventsResponse);
  }

  /** Returns the names of the projects that the token can see; an entry whose name no call can use is left out. */
  async projects(): Promise<string[]> {
    const { projects } = await this.http.read(path`v1/project`, ProjectsResponse);
    const names = projects.map((entry) => ListedProject.safeParse(entry).data?.project_name ?? '');
    return names.filter(isSegment);
  }
}

/** Returns the schema of a response about the requested key; its id may be in another letter case. */
function responseFor(id: string) {
  return CmkResponse.refine(({ cmk }) => isSameId(cmk.id, id));
}
