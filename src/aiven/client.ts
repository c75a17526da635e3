import ky, { HTTPError, type KyInstance, TimeoutError } from 'ky';
import type { z } from 'zod';
import { CmkError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { parseAnswer, readText, toFailure } from './answer.ts';
import { path } from './path.ts';
import type { Provider } from './providers.ts';
import { AccessorsAnswer, CmkAnswer, CmkListAnswer } from './schemas.ts';

/** Where the API is and how to talk to it. */
export interface Connection {
  readonly origin: string;
  readonly token: Secret;
  /** The longest one attempt may take, its answer's body included, in milliseconds. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Carries the requests; the sandbox stands in here. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/** The fields of a key registration (`byok.mdx`, "Register CMK resource identifier"). */
export interface NewCmk {
  readonly provider: Provider;
  readonly resource: string;
  readonly default_cmk?: boolean;
}

/** Aiven's CMK API for the length of one tool call: one method per endpoint, each throwing nothing but CmkError. */
export class Aiven {
  readonly #http: KyInstance;
  readonly #token: Secret;
  readonly #signal: AbortSignal;

  constructor(connection: Connection, signal: AbortSignal) {
    this.#token = connection.token;
    this.#signal = signal;
    this.#http = ky.create({
      prefixUrl: connection.origin,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${connection.token.reveal()}`,
        'user-agent': connection.userAgent,
      },
      redirect: 'manual',
      retry: 0,
      signal,
      timeout: connection.timeoutMs,
      fetch: async (input) => whole(await connection.fetch(input as Request)), // ky calls fetch with a Request only.
    });
  }

  /** The principals to grant access to in each cloud's KMS. */
  accessors(project: string) {
    return this.#exchange('GET', path`v1/project/${project}/secrets/cmks/accessors`, AccessorsAnswer);
  }

  list(project: string) {
    return this.#exchange('GET', path`v1/project/${project}/secrets/cmks`, CmkListAnswer);
  }

  get(project: string, id: string) {
    return this.#exchange('GET', path`v1/project/${project}/secrets/cmks/${id}`, CmkAnswer);
  }

  create(project: string, cmk: NewCmk) {
    return this.#exchange('POST', path`v1/project/${project}/secrets/cmks`, CmkAnswer, cmk);
  }

  /** Changes the one field of a key that can change. */
  update(project: string, id: string, change: { default_cmk: boolean }) {
    return this.#exchange('POST', path`v1/project/${project}/secrets/cmks/${id}`, CmkAnswer, change);
  }

  delete(project: string, id: string) {
    return this.#exchange('DELETE', path`v1/project/${project}/secrets/cmks/${id}`, CmkAnswer);
  }

  async #exchange<T extends z.ZodType>(method: string, route: string, schema: T, json?: object): Promise<z.output<T>> {
    const request = `${method} /${route}`;
    try {
      const response = await this.#http(route, { method, ...(json && { json }) });
      return parseAnswer(request, response.status, this.#token.redact(await response.text()), schema);
    } catch (error) {
      throw await this.#translate(request, error);
    }
  }

  async #translate(request: string, error: unknown): Promise<CmkError> {
    if (error instanceof CmkError) return error;
    if (error instanceof HTTPError) {
      const { response } = error;
      return toFailure(request, response.status, this.#token.redact(await response.text()));
    }
    if (this.#signal.aborted) return new CmkError('cancelled', `The call was cancelled during ${request}.`);
    if (error instanceof TimeoutError) return new CmkError('api_timeout', `Aiven did not answer ${request} in time.`);
    return new CmkError('api_unreachable', `Aiven could not be reached for ${request}: ${reason(error)}.`);
  }
}

/** The answer with its whole body at hand, so that time-outs and retries cover the body as well as the headers. */
async function whole(response: Response): Promise<Response> {
  const { status } = response;
  if (status < 200 || status > 599) {
    throw new CmkError('unexpected_response', `Aiven answered ${status}, which is no HTTP status.`, {
      httpStatus: status,
    });
  }
  const text = await readText(response);
  return new Response(text === '' ? null : text, { status, headers: response.headers });
}

/** Why a connection failed, in the system's own code where there is one; messages may hold addresses of proxies. */
function reason(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return 'the connection failed';
}
