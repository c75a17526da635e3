import { CmkError, type ErrorCode } from '../core/errors.ts';
import { AIVEN_MANAGED_KEY, type Aiven, type DependentService, type NewCmk } from './client.ts';
import type { Cmk, CmkResponse, ServiceResponse } from './schemas.ts';

/** An answer to a write, marked where it was put together by looking, because the API's own was lost. */
export type Reconciled<Answer = CmkResponse> = Answer | (Answer & { reconciled: true });

/**
 * Registers a key, once. When the answer is lost, a key of the same provider and identifier that was not there before
 * counts as this one.
 * @throws CmkError `conflict` that names the key which already has the identifier; `outcome_unknown`.
 */
export async function createOnce(aiven: Aiven, project: string, wanted: NewCmk): Promise<Reconciled> {
  const { cmks: before } = await aiven.list(project);
  const matches = (cmk: Cmk) => isSameKey(cmk, wanted);
  return writeOnce(aiven, {
    write: () => aiven.create(project, wanted),
    explain: (error) => nameKeyWithIdentifier(error, before.find(matches)),
    readBack: () => aiven.list(project),
    interpret: ({ cmks }) => {
      const known = new Set(before.map(({ id }) => id));
      const cmk = cmks.find((listed) => matches(listed) && !known.has(listed.id));
      return cmk
        ? { cmk }
        : new CmkError('outcome_unknown', `No new key with this identifier is listed in ${project}.`);
    },
  });
}

/** Whether a key has an identifier; some answers do not name the provider. */
export function isSameKey({ provider, resource }: Cmk, wanted: NewCmk): boolean {
  return resource === wanted.resource && (provider ?? wanted.provider) === wanted.provider;
}

/**
 * Changes a key, once. When the answer is lost, a key that reads as wanted counts as changed.
 * @throws CmkError `outcome_unknown`.
 */
export function updateOnce(
  aiven: Aiven,
  project: string,
  id: string,
  wanted: { default_cmk: boolean },
): Promise<Reconciled> {
  return writeOnce(aiven, {
    write: () => aiven.update(project, id, wanted),
    readBack: () => aiven.get(project, id),
    interpret: (answer) => {
      if (answer.cmk.default_cmk === wanted.default_cmk) return answer;
      return new CmkError('outcome_unknown', `default_cmk of CMK ${id} is ${answer.cmk.default_cmk ?? 'not told'}.`);
    },
  });
}

/**
 * Deletes a key, once. When the answer is lost, a key that is not listed any more counts as deleted.
 * @throws CmkError `cmk_in_use`, `not_deleted` when the key is still there, `outcome_unknown`.
 */
export function deleteOnce(aiven: Aiven, project: string, seen: CmkResponse): Promise<Reconciled> {
  const { id } = seen.cmk;
  return writeOnce(aiven, {
    write: () => aiven.delete(project, id),
    explain: (error) => (error.code === 'conflict' ? recode('cmk_in_use', error.message, error) : error),
    // The list, as a 404 may be the project's, or that of a gateway that knows nothing of keys.
    readBack: () => aiven.list(project),
    interpret: ({ cmks }): CmkResponse | CmkError => {
      const cmk = cmks.find((listed) => listed.id === id);
      if (!cmk) return seen;
      return cmk.status === 'deleted' ? { cmk } : new CmkError('not_deleted', `CMK ${id} is still there.`);
    },
  });
}

/**
 * Starts to move a service to a key, once. When the answer is lost, a service that is on the key or on its way counts.
 * @throws CmkError `outcome_unknown`.
 */
export function assignOnce(
  aiven: Aiven,
  project: string,
  name: string,
  cmk_id: string,
): Promise<Reconciled<ServiceResponse>> {
  return writeOnce<ServiceResponse, { now: ServiceResponse; users: DependentService[] | undefined }>(aiven, {
    write: () => aiven.assign(project, name, cmk_id),
    readBack: async () => ({
      now: await aiven.service(project, name),
      users: cmk_id === AIVEN_MANAGED_KEY ? [] : await aiven.dependentServices(project, cmk_id),
    }),
    interpret: ({ now, users }) => {
      const there = (now.service.cmk_id ?? AIVEN_MANAGED_KEY) === cmk_id;
      const moving = users?.some(({ service_name }) => service_name === name);
      return there || moving
        ? now
        : new CmkError('outcome_unknown', `Service ${name} is not seen to move to ${cmk_id}.`);
    },
  });
}

/**
 * Triggers Aiven's access check, once; what its answer was cannot be looked up.
 * @throws CmkError `outcome_unknown`.
 */
export function checkAccessOnce(aiven: Aiven, project: string, id: string): Promise<Reconciled> {
  return writeOnce(aiven, {
    write: () => aiven.accessCheck(project, id),
    readBack: () => aiven.get(project, id),
    interpret: () =>
      new CmkError('outcome_unknown', `Whether the check of CMK ${id} began is not known; it does no harm twice.`),
  });
}

interface Steps<Answer, Seen> {
  /** Sends the write. */
  write(): Promise<Answer>;
  /** Adds to a plain refusal what is known of it here. */
  explain?(error: CmkError): CmkError;
  /** Looks what there is after an answer was lost. */
  readBack(): Promise<Seen>;
  /** Tells from what is there whether the write was done. */
  interpret(seen: Seen): Answer | CmkError;
}

async function writeOnce<Answer extends object, Seen>(
  aiven: Aiven,
  steps: Steps<Answer, Seen>,
): Promise<Reconciled<Answer>> {
  const { write, explain, readBack, interpret } = steps;
  try {
    return await write();
  } catch (thrown) {
    const lost = CmkError.from(thrown);
    if (!lost.ambiguous || lost.code === 'cancelled') throw explain ? explain(lost) : lost;
    aiven.http.reportReadBack();
    const seen = await readBack().catch((error: unknown) => {
      const failure = CmkError.from(error).message;
      throw recode('outcome_unknown', `${lost.message} Looking what was done failed too: ${failure}`, lost);
    });
    const verdict = interpret(seen);
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
