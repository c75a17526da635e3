import { CmkError, type ErrorCode } from '../core/errors.ts';
import { isSameId } from '../core/uuid.ts';
import { AIVEN_MANAGED_KEY, type AivenClient, type NewCmk } from './client.ts';
import { type DependentServices, dependentServices } from './dependent-services.ts';
import { isKeyNotFound } from './response.ts';
import type { Cmk, CmkResponse, ServiceResponse } from './schemas.ts';

/** A response to a write, marked where it was put together by reading back, because the API's own was lost. */
export type Reconciled<Response = CmkResponse> = Response | (Response & { reconciled: true });

/**
 * Registers a key, once. When the response is lost, a key of the same provider and identifier that was not there before
 * counts as this one.
 * @throws CmkError `conflict` that names the key which already has the identifier; `outcome_unknown`.
 */
export async function createOnce(aiven: AivenClient, project: string, wanted: NewCmk): Promise<Reconciled> {
  const { cmks: before } = await aiven.list(project);
  const matches = (cmk: Cmk) => isSameKey(cmk, wanted);
  return writeOnce(aiven, {
    write: () => aiven.create(project, wanted),
    explain: (error) => nameKeyWithIdentifier(error, before.find(matches)),
    readBack: () => aiven.list(project),
    interpret: ({ cmks }) => {
      const isNew = ({ id }: Cmk) => !before.some((known) => isSameId(known.id, id));
      const cmk = cmks.find((listed) => matches(listed) && isNew(listed));
      return cmk
        ? { cmk }
        : new CmkError('outcome_unknown', `No new key with this identifier is listed in ${project}.`);
    },
  });
}

/** Whether a key has an identifier; some responses do not name the provider. */
export function isSameKey({ provider, resource }: Cmk, wanted: NewCmk): boolean {
  return resource === wanted.resource && (provider ?? wanted.provider) === wanted.provider;
}

/**
 * Changes a key, once. When the response is lost, a key that reads as wanted counts as changed.
 * @throws CmkError `outcome_unknown`.
 */
export function updateOnce(
  aiven: AivenClient,
  project: string,
  id: string,
  wanted: { default_cmk: boolean },
): Promise<Reconciled> {
  return writeOnce(aiven, {
    write: () => aiven.update(project, id, wanted),
    readBack: () => aiven.get(project, id),
    interpret: (now) => {
      if (now.cmk.default_cmk === wanted.default_cmk) return now;
      return new CmkError('outcome_unknown', `default_cmk of CMK ${id} is ${now.cmk.default_cmk ?? 'not told'}.`);
    },
  });
}

/**
 * Deletes a key, once. When the response is lost, a key that reads as deleted counts as deleted, and so does one of which
 * the API itself says that it does not exist; no other 404 does.
 * @throws CmkError `cmk_in_use`, `not_deleted` when the key is still there, `outcome_unknown`.
 */
export function deleteOnce(aiven: AivenClient, project: string, seen: CmkResponse): Promise<Reconciled> {
  const { id } = seen.cmk;
  return writeOnce(aiven, {
    write: () => aiven.delete(project, id),
    explain: (error) => (error.code === 'conflict' ? recode('cmk_in_use', error.message, error) : error),
    readBack: () =>
      aiven.get(project, id).catch((error: unknown) => {
        if (isKeyNotFound(error)) return undefined;
        throw error;
      }),
    interpret: (now) => {
      if (!now) return seen;
      return now.cmk.status === 'deleted' ? now : new CmkError('not_deleted', `CMK ${id} is still there.`);
    },
  });
}

/**
 * Starts to move a service to a key, once. When the response is lost, a service that is on the key or on its way counts.
 * @throws CmkError `outcome_unknown`.
 */
export function assignOnce(
  aiven: AivenClient,
  project: string,
  name: string,
  cmk_id: string,
): Promise<Reconciled<ServiceResponse>> {
  const managed = isSameId(cmk_id, AIVEN_MANAGED_KEY);
  return writeOnce<ServiceResponse, { now: ServiceResponse; use: DependentServices | undefined }>(aiven, {
    write: () => aiven.assign(project, name, cmk_id),
    readBack: async () => ({
      now: await aiven.service(project, name),
      use: managed ? undefined : await dependentServices(aiven, project, cmk_id),
    }),
    interpret: ({ now, use }) => {
      const { cmk_id: key } = now.service;
      const there = isSameId(key, cmk_id) || (managed && key === null);
      return there || (use && isOnItsWay(use, name))
        ? now
        : new CmkError('outcome_unknown', `Service ${name} is not seen to move to ${cmk_id}.`);
    },
  });
}

/** Whether a service is on a key or moving to it; one that is moving from it is neither. */
function isOnItsWay(use: DependentServices, name: string): boolean {
  return (
    use.known && use.services.some(({ service_name, status }) => service_name === name && status !== 'deactivating')
  );
}

/**
 * Triggers Aiven's access check, once; what its response was cannot be read back.
 * @throws CmkError `outcome_unknown`.
 */
export function checkAccessOnce(aiven: AivenClient, project: string, id: string): Promise<Reconciled> {
  return writeOnce(aiven, {
    write: () => aiven.accessCheck(project, id),
    readBack: () => aiven.get(project, id),
    interpret: () =>
      new CmkError('outcome_unknown', `Whether the check of CMK ${id} began is not known; it does no harm twice.`),
  });
}

interface Steps<Response, State> {
  /** Sends the write. */
  write(): Promise<Response>;
  /** Adds to a plain refusal what is known of it here. */
  explain?(error: CmkError): CmkError;
  /** Reads the state after a response was lost. */
  readBack(): Promise<State>;
  /** Tells from the state whether the write was carried out. */
  interpret(state: State): Response | CmkError;
}

async function writeOnce<Response extends object, State>(
  aiven: AivenClient,
  steps: Steps<Response, State>,
): Promise<Reconciled<Response>> {
  const { write, explain, readBack, interpret } = steps;
  try {
    return await write();
  } catch (thrown) {
    const lost = CmkError.from(thrown);
    if (!lost.ambiguous || lost.code === 'cancelled') throw explain ? explain(lost) : lost;
    aiven.http.reportReadBack();
    const state = await readBack().catch((error: unknown) => {
      const failure = CmkError.from(error).message;
      throw recode('outcome_unknown', `${lost.message} Reading back what was done failed too: ${failure}`, lost);
    });
    const verdict = interpret(state);
    if (verdict instanceof CmkError) throw recode(verdict.code, `${lost.message} ${verdict.message}`, lost);
    return { ...verdict, reconciled: true };
  }
}

function nameKeyWithIdentifier(error: CmkError, holder: Cmk | undefined): CmkError {
  if (error.code !== 'conflict' || !holder) return error;
  return recode('conflict', `${error.message} CMK ${holder.id} already has this identifier.`, error);
}

function recode(code: ErrorCode, message: string, cause: CmkError): CmkError {
  return new CmkError(code, message, { cause, httpStatus: cause.httpStatus });
}
