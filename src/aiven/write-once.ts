import { CmkError, type ErrorCode } from '../core/errors.ts';
import { isSameId } from '../core/uuid.ts';
import { AIVEN_MANAGED_KEY, type AivenClient, type NewCmk } from './client.ts';
import { type DependentServices, dependentServices } from './dependent-services.ts';
import { isKeyNotFound } from './response.ts';
import type { Cmk, CmkResponse, ServiceResponse } from './schemas.ts';

/** A response to a write. `reconciled` marks one that was read back, because the API's own response was lost. */
export type Reconciled<Response = CmkResponse> = Response | (Response & { reconciled: true });

/**
 * Registers a key, once. If the response is lost, a new key of the same provider and identifier counts as this one.
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
 * Changes a key, once. If the response is lost, a key that has the wanted value counts as changed.
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
      return new CmkError('outcome_unknown', `default_cmk of CMK ${id} is ${now.cmk.default_cmk ?? 'not reported'}.`);
    },
  });
}

/**
 * Deletes a key, once. If the response is lost, a key of status deleted counts as deleted, and so does one of which the API
 * itself says that it does not exist; no other 404 does.
 * @throws CmkError `cmk_in_use`, `not_deleted` if the key still exists, `outcome_unknown`.
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
      return now.cmk.status === 'deleted' ? now : new CmkError('not_deleted', `CMK ${id} still exists.`);
    },
  });
}

/**
 * Starts to move a service to a key, once. If the response is lost, a service that uses the key or is moving to it counts.
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
      const uses = isSameId(key, cmk_id) || (managed && key === null);
      return uses || (use && usesOrMovesTo(use, name))
        ? now
        : new CmkError('outcome_unknown', `Service ${name} does not appear to be moving to ${cmk_id}.`);
    },
  });
}

/** Whether a service uses a key or is moving to it; not one that is moving from it. */
function usesOrMovesTo(use: DependentServices, name: string): boolean {
  return (
    use.known && use.services.some(({ service_name, status }) => service_name === name && status !== 'deactivating')
  );
}

/**
 * Starts Aiven's access check, once. A lost response cannot be read back.
 * @throws CmkError `outcome_unknown`.
 */
export function checkAccessOnce(aiven: AivenClient, project: string, id: string): Promise<Reconciled> {
  return writeOnce(aiven, {
    write: () => aiven.accessCheck(project, id),
    readBack: () => aiven.get(project, id),
    interpret: () =>
      new CmkError('outcome_unknown', `It is unknown whether the access check of CMK ${id} began; it may be repeated.`),
  });
}

interface Steps<Response, State> {
  /** Sends the write. */
  write(): Promise<Response>;
  /** Adds details to the failure of a write that was not carried out. */
  explain?(error: CmkError): CmkError;
  /** Reads the state after a response was lost. */
  readBack(): Promise<State>;
  /** Returns the response if the state shows that the write was carried out, or the failure. */
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
      throw recode('outcome_unknown', `${lost.message} Reading back the result failed too: ${failure}`, lost);
    });
    const outcome = interpret(state);
    if (outcome instanceof CmkError) throw recode(outcome.code, `${lost.message} ${outcome.message}`, lost);
    return { ...outcome, reconciled: true };
  }
}

function nameKeyWithIdentifier(error: CmkError, holder: Cmk | undefined): CmkError {
  if (error.code !== 'conflict' || !holder) return error;
  return recode('conflict', `${error.message} CMK ${holder.id} already has this identifier.`, error);
}

function recode(code: ErrorCode, message: string, cause: CmkError): CmkError {
  return new CmkError(code, message, { cause, httpStatus: cause.httpStatus });
}
