import { CmkError } from '../core/errors.ts';
import { isSameId } from '../core/uuid.ts';
import { type Connection, HttpClient, type RequestContext } from './http.ts';
import type { Provider } from './kms/providers.ts';
import { path } from './path.ts';
import {
  AccessorsResponse,
  AssociationsResponse,
  CmkListResponse,
  CmkResponse,
  ServiceResponse,
  ServicesResponse,
} from './schemas.ts';

/** The fields of a key registration (`byok.mdx`, "Register CMK resource identifier"). */
export interface NewCmk {
  readonly provider: Provider;
  readonly resource: string;
  readonly default_cmk?: boolean;
}

/** The key id that stands for a key which Aiven manages ("Services and keys"). */
export const AIVEN_MANAGED_KEY = '00000000-0000-0000-0000-000000000000';

/** Client of Aiven's CMK API for the length of one tool call: one method per endpoint, each throwing nothing but CmkError. */
export class AivenClient {
  readonly http: HttpClient;

  constructor(connection: Connection, context: RequestContext) {
    this.http = new HttpClient(connection, context);
  }

  /** Creates a client for reads outside of any call: bounded in time, unable to write. */
  static forReads(connection: Connection, timeoutMs: number): AivenClient {
    return new AivenClient(connection, {
      signal: AbortSignal.timeout(timeoutMs),
      deadline: Date.now() + timeoutMs,
      aroundWrite: () => Promise.reject(new CmkError('internal', 'A client for reads tried to write.')),
      onAttempt: () => {},
      onDelay: () => {},
    });
  }

  /** The principals to grant access to in each cloud's KMS. */
  accessors(project: string) {
    return this.http.read(path`v1/project/${project}/secrets/cmks/accessors`, AccessorsResponse);
  }

  list(project: string) {
    return this.http.read(path`v1/project/${project}/secrets/cmks`, CmkListResponse);
  }

  get(project: string, id: string) {
    return this.http.read(path`v1/project/${project}/secrets/cmks/${id}`, responseFor(id));
  }

  create(project: string, cmk: NewCmk) {
    return this.http.write('POST', path`v1/project/${project}/secrets/cmks`, CmkResponse, cmk);
  }

  /** Changes the one field of a key that can change. */
  update(project: string, id: string, change: { default_cmk: boolean }) {
    return this.http.write('POST', path`v1/project/${project}/secrets/cmks/${id}`, responseFor(id), change);
  }

  delete(project: string, id: string) {
    return this.http.write('DELETE', path`v1/project/${project}/secrets/cmks/${id}`, responseFor(id));
  }

  /** Has Aiven check whether it can use the key; how the outcome is reported is not documented. */
  accessCheck(project: string, id: string) {
    return this.http.write('POST', path`v1/project/${project}/secrets/cmks/${id}/access_check`, responseFor(id), {});
  }

  service(project: string, name: string) {
    return this.http.read(path`v1/project/${project}/service/${name}`, ServiceResponse);
  }

  /** Starts to move a service to a key, or with `AIVEN_MANAGED_KEY` to one that Aiven manages. */
  assign(project: string, name: string, cmk_id: string) {
    return this.http.write('PUT', path`v1/project/${project}/service/${name}`, ServiceResponse, { cmk_id });
  }

  /** The services that use a key or are moving to or from it; an older API has no associations and answers 404. */
  serviceAssociations(project: string, id: string) {
    return this.http.read(path`v1/project/${project}/secrets/cmks/${id}/service_associations`, AssociationsResponse);
  }

  /** The project's services, each with its active key. */
  services(project: string) {
    return this.http.read(path`v1/project/${project}/service`, ServicesResponse);
  }
}

/** Returns the schema of a response about the key that was asked for, in whatever letter case the API writes its id. */
function responseFor(id: string) {
  return CmkResponse.refine(({ cmk }) => isSameId(cmk.id, id));
}
