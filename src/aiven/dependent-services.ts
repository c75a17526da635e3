import { CmkError } from '../core/errors.ts';
import { isSameId } from '../core/uuid.ts';
import type { AivenClient } from './client.ts';
import { type DependentService, readServices, UNREADABLE, whyUncertain } from './listed-services.ts';
import { isKeyNotFound } from './response.ts';
import { Association } from './schemas.ts';

/** The services that use a key, or why they are not known. If they are not known, callers must not assume that there are none. */
export type DependentServices =
  | { readonly known: true; readonly services: readonly DependentService[] }
  | { readonly known: false; readonly why: string };

/**
 * Returns the services that use a key. An entry that cannot be read counts as a service. If the service associations
 * cannot be read, returns the project's services whose active key it is.
 * @throws CmkError `not_found` if the key does not exist; `cancelled` or `api_timeout` if the call has ended.
 */
export async function dependentServices(aiven: AivenClient, project: string, id: string): Promise<DependentServices> {
  try {
    const { service_associations } = await aiven.serviceAssociations(project, id);
    return { known: true, services: service_associations.map(readAssociation) };
  } catch (error) {
    if (!(error instanceof CmkError) || aiven.http.over || isKeyNotFound(error)) throw error;
    return fromServices(aiven, project, id, error);
  }
}

function readAssociation(entry: unknown): DependentService {
  const { service_name, status } = Association.safeParse(entry).data ?? { service_name: UNREADABLE };
  return { service_name, status: status ?? 'unknown' };
}

/** Reads the use of a key from the project's services, after its associations could not be read. */
async function fromServices(
  aiven: AivenClient,
  project: string,
  id: string,
  failure: CmkError,
): Promise<DependentServices> {
  let listed: Awaited<ReturnType<typeof readServices>>;
  try {
    listed = await readServices(aiven, project);
  } catch (error) {
    if (!(error instanceof CmkError) || aiven.http.over) throw error;
    return { known: false, why: `${failure.message} ${error.message}` };
  }
  const services = listed.filter(({ cmk_id }) => isSameId(cmk_id, id));
  if (services.length > 0) {
    return { known: true, services: services.map(({ service_name }) => ({ service_name, status: 'active' })) };
  }
  // Services name only their active key. Where the API may have associations, services that are moving to this key would be missed.
  const older = failure.httpStatus === 404 && failure.apiMessage !== undefined;
  if (!older) return { known: false, why: failure.message };
  const doubt = listed.map(whyUncertain).find((why) => why !== undefined);
  return doubt === undefined ? { known: true, services: [] } : { known: false, why: doubt };
}
