import { CmkError, type ErrorCode } from '../errors.ts';
import type { Aiven, NewCmk } from './client.ts';
import type { Cmk, CmkAnswer } from './schemas.ts';

/** An answer to a write, marked where it was put together by looking, because the API's own was lost. */
export type Settled = CmkAnswer & { reconciled?: true };

/**
 * Registers a key, once. When the answer is lost, a key of the same provider and identifier that was not there before
 * counts as this one.
 * @throws CmkError `conflict` that names the key which already has the identifier; `outcome_unknown`.
 */
export async function register(aiven: Aiven, project: string, wanted: NewCmk): Promise<Settled> {
  const { cmks: before } = await aiven.list(project);
  const matches = ({ provider, resource }: Cmk) =>
    resource === wanted.resource && (provider ?? wanted.provider) === wanted.provider;
  return settle({
    write: () => aiven.create(project, wanted),
    explain: (error) => nameHolder(error, before.find(matches)),
    look: () => aiven.list(project),
    judge: ({ cmks }) => {
      const known = new Set(before.map(({ id }) => id));
      const cmk = cmks.find((listed) => matches(listed) && !known.has(listed.id));
      return cmk
        ? { cmk }
        : new CmkError('outcome_unknown', `No new key with this identifier is listed in ${project}.`);
    },
  });
}

/**
 * Changes a key, once. When the answer is lost, a key that reads as wanted counts as changed.
 * @throws CmkError `outcome_unknown`.
 */
export function change(aiven: Aiven, project: string, id: string, wanted: { default_cmk: boolean }): Promise<Settled> {
  return settle({
    write: () => aiven.update(project, id, wanted),
    look: () => aiven.get(project, id),
    judge: (answer) => {
      if (answer.cmk.default_cmk === wanted.default_cmk) return answer;
      return new CmkError('outcome_unknown', `default_cmk of CMK ${id} is ${answer.cmk.default_cmk ?? 'not told'}.`);
    },
  });
}

/**
 * Deletes a key, once. When the answer is lost, a key that is not listed any more counts as deleted.
 * @throws CmkError `cmk_in_use`, `not_deleted` when the key is still there, `outcome_unknown`.
 */
export function erase(aiven: Aiven, project: string, seen: CmkAnswer): Promise<Settled> {
  const { id } = seen.cmk;
  return settle({
    write: () => aiven.delete(project, id),
    explain: (error) => (error.code === 'conflict' ? recode('cmk_in_use', error.message, error) : error),
    // The list, as a 404 may be the project's, or that of a gateway that knows nothing of keys.
    look: () => aiven.list(project),
    judge: ({ cmks }) => {
      const cmk = cmks.find((listed) => listed.id === id);
      if (!cmk) return seen;
      return cmk.status === 'deleted' ? { cmk } : new CmkError('not_deleted', `CMK ${id} is still there.`);
    },
  });
}

interface Steps<Seen> {
  /** Sends the write. */
  write(): Promise<CmkAnswer>;
  /** Adds to a plain refusal what is known of it here. */
  explain?(error: CmkError): CmkError;
  /** Looks what there is after an answer was lost. */
  look(): Promise<Seen>;
  /** Tells from what is there whether the write was done. */
  judge(seen: Seen): CmkAnswer | CmkError;
}

async function settle<Seen>({ write, explain, look, judge }: Steps<Seen>): Promise<Settled> {
  try {
    return await write();
  } catch (thrown) {
    const lost = CmkError.from(thrown);
    if (!lost.ambiguous || lost.code === 'cancelled') throw explain ? explain(lost) : lost;
    const seen = await look().catch((error: unknown) => {
      const failure = CmkError.from(error).message;
      throw recode('outcome_unknown', `${lost.message} Looking what was done failed too: ${failure}`, lost);
    });
    const verdict = judge(seen);
    if (verdict instanceof CmkError) throw recode(verdict.code, `${lost.message} ${verdict.message}`, lost);
    return { ...verdict, reconciled: true };
  }
}

function nameHolder(error: CmkError, holder: Cmk | undefined): CmkError {
  if (error.code !== 'conflict' || !holder) return error;
  return recode('conflict', `${error.message} CMK ${holder.id} already has this identifier.`, error);
}

function recode(code: ErrorCode, message: string, cause: CmkError): CmkError {
  return new CmkError(code, message, { cause, httpStatus: cause.httpStatus });
}
