import type * as z from 'zod';
import { CmkError } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { isUuid } from '../core/uuid.ts';
import type { AivenClient } from './client.ts';
import { type Cmk, ListedService } from './schemas.ts';

/** A service that uses a key, or is moving to or from it. */
export type DependentService = {
  readonly service_name: string;
  readonly status: string;
};

/** The name shown for a service whose entry cannot be read. */
export const UNREADABLE = '(unreadable entry)';

/** States of a service in which no move to another key is under way. */
const STEADY_STATES: readonly unknown[] = ['RUNNING', 'POWEROFF'];

type Entry = z.output<typeof ListedService>;

/** Maximum number of services of which a result says why they may use another key. */
const DOUBTS_MAX = 5;

/** Reads the services of a project with their active keys. An entry that cannot be read counts as a service. @throws CmkError */
export async function readServices(aiven: AivenClient, project: string): Promise<readonly Entry[]> {
  const { services } = await aiven.services(project);
  return services.map(
    (entry) => ListedService.safeParse(entry).data ?? { service_name: UNREADABLE, cmk_id: undefined, state: undefined },
  );
}

/** Returns why a service of the list may use a key that it does not name, or undefined where it cannot. */
export function whyUncertain({ service_name, cmk_id, state }: Entry): string | undefined {
  const name = sanitize(service_name, 64);
  if (cmk_id !== null && !isUuid(cmk_id)) return `Service ${name} does not name its key.`;
  if (STEADY_STATES.includes(state)) return undefined;
  const shown = typeof state === 'string' ? sanitize(state, 64) : 'unknown';
  return `Service ${name} may be moving to another key: its state is ${shown}.`;
}

/** What a list of keys says of the services on them. */
export interface ServicesOnKeys {
  /** Returns the fields to add to a key: `services`, or `services_unknown`; nothing where no key's services are known. */
  readonly of: (cmk: Cmk) => { readonly services?: readonly DependentService[]; readonly services_unknown?: true };
  /** Whether the services of no key are known. */
  readonly isUnknown: boolean;
  readonly warnings: readonly string[];
}

/**
 * Returns the services whose active key each key is, from one read of the project's services. While a service is moving, or does
 * not name its key, a key without services may be in use nevertheless, and is marked `services_unknown`.
 * @throws CmkError `cancelled` or `api_timeout` if the call has ended.
 */
export async function servicesOnKeys(aiven: AivenClient, project: string): Promise<ServicesOnKeys> {
  let listed: readonly Entry[];
  try {
    listed = await readServices(aiven, project);
  } catch (error) {
    if (!(error instanceof CmkError) || aiven.http.over) throw error;
    return { of: () => ({}), isUnknown: true, warnings: [error.message] };
  }
  const doubts = listed.map(whyUncertain).filter((why) => why !== undefined);
  const byKey = new Map<string, DependentService[]>();
  for (const { service_name, cmk_id, state } of listed) {
    if (typeof cmk_id !== 'string') continue;
    const id = cmk_id.toLowerCase(); // As `isSameId` compares.
    const users = byKey.get(id) ?? [];
    byKey.set(id, users);
    users.push({ service_name, status: statusOf(state) });
  }
  const of = ({ id }: Cmk) => {
    const services = byKey.get(id.toLowerCase()) ?? [];
    return services.length === 0 && doubts.length > 0 ? { services_unknown: true as const } : { services };
  };
  return { of, isUnknown: false, warnings: doubts.slice(0, DOUBTS_MAX) };
}

/** Returns `active`, or the state of a service that is in none of the steady ones: its move may be to this key or from it. */
function statusOf(state: unknown): string {
  if (STEADY_STATES.includes(state)) return 'active';
  return typeof state === 'string' ? sanitize(state, 64) : 'unknown';
}
