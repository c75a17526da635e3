import { AIVEN_MANAGED_KEY } from '../client.ts';
import type { Cmk } from '../schemas.ts';

/** Duration of a service's move to another key, in milliseconds; at Aiven it may take hours. */
const MOVE_MS = 400;

/** The cloud of services for which none is given. */
const CLOUD = 'google-europe-west1';

/** The last change of the keys and services of a new sandbox; fixed, so that output about them does not vary. */
const SEEDED_AT = '2026-05-05T10:55:52.719109Z';

/** A service, its active key (null for a key that Aiven manages), and the key it is moving to, if any. */
export interface Service {
  readonly service_name: string;
  readonly service_type: string;
  cloud_name: string;
  plan: string;
  readonly create_time: string;
  update_time: string;
  cmk_id: string | null;
  move: { readonly to: string | null; readonly until: number } | undefined;
  /** When the service has been built, in milliseconds since the epoch; undefined once it has. */
  building?: number | undefined;
}

/** An entry of a project's event log, as the API shows it. */
export interface ProjectEvent {
  readonly id: string;
  readonly time: string;
  readonly actor: string;
  readonly event_type: string;
  readonly event_desc: string;
  readonly service_name: string;
}

/** The state of one project in the sandbox. */
export interface Project {
  readonly cmks: Map<string, Cmk>;
  readonly services: Service[];
  /** The newest first. */
  readonly events: ProjectEvent[];
  /** Whether the token's user has the role that CMK operations need. */
  readonly operator: boolean;
}

/** Where a sandbox keeps its projects. */
export interface SandboxState {
  /**
   * Calls `handle` with the projects and resolves with its result, once what it changed is kept.
   * @throws StateError
   */
  use<T>(handle: (projects: ReadonlyMap<string, Project>) => T): Promise<T>;
}

/** A state that cannot be used; the message says why. */
export class StateError extends Error {}

/**
 * Returns the projects of a new sandbox: `sandbox` with a key of each provider (one the default, one in use, one old), an
 * empty one, and one in which the token's user has no permissions.
 */
export function seed(): Map<string, Project> {
  const [aws, gcp, azure, oci] = ['1', '2', '3', '4'].map(
    (n) => `${n.repeat(8)}-${n.repeat(4)}-4${n.repeat(3)}-8${n.repeat(3)}-${n.repeat(12)}`,
  ) as [string, string, string, string];
  const seeded = (id: string, fields: Partial<Cmk>) => cmk(id, fields, SEEDED_AT);
  const cmks = [
    seeded(aws, {
      provider: 'aws',
      resource: 'arn:aws:kms:eu-west-1:123456789012:key/7d1f0a52-6c1b-4c7e-9d0e-2f6a1b3c4d5e',
      default_cmk: true,
    }),
    seeded(gcp, {
      provider: 'gcp',
      resource: 'projects/example-prod/locations/europe-west1/keyRings/aiven/cryptoKeys/orders',
    }),
    seeded(azure, {
      provider: 'azure',
      resource: 'https://example-vault.vault.azure.net/keys/aiven/0123456789abcdef0123456789abcdef',
    }),
    seeded(oci, {
      provider: 'oci',
      resource: 'ocid1.key.oc1.eu-frankfurt-1.examplevault.abtheljtexampleexampleexample',
      status: 'old',
    }),
  ];
  const services = [
    seededService('orders-pg', 'pg', 'business-8', gcp),
    seededService('billing-kafka', 'kafka', 'business-4', gcp),
    seededService('search-os', 'opensearch', 'startup-8', gcp),
    seededService('scratch-valkey', 'valkey', 'startup-4', null),
  ];
  return new Map([
    ['sandbox', { cmks: new Map(cmks.map((entry) => [entry.id, entry])), services, events: [], operator: true }],
    ['sandbox-empty', { cmks: new Map(), services: [], events: [], operator: true }],
    ['sandbox-viewer', { cmks: new Map(), services: [], events: [], operator: false }],
  ]);
}

/** Returns a key as the API shows it: `current` and not the default unless `fields` says otherwise. */
export function cmk(id: string, fields: Partial<Cmk>, created_at = now()): Cmk {
  const { provider, resource, default_cmk = false, status = 'current' } = fields;
  return { id, provider, default_cmk, resource, status, created_at, updated_at: created_at };
}

function seededService(service_name: string, service_type: string, plan: string, cmk_id: string | null): Service {
  const times = { create_time: SEEDED_AT, update_time: SEEDED_AT };
  return { service_name, service_type, plan, cloud_name: CLOUD, ...times, cmk_id, move: undefined };
}

/** Returns a service that is being built, on a key. */
export function newService(
  fields: Pick<Service, 'service_name' | 'service_type' | 'plan'> & { cloud_name?: string },
  cmk_id: string | null,
): Service {
  const times = { create_time: now(), update_time: now() };
  return { cloud_name: CLOUD, ...fields, ...times, cmk_id, move: undefined, building: Date.now() + MOVE_MS };
}

/** Returns the present time in the API's form: RFC 3339 in UTC with microseconds. */
export function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

/** Starts to move a service to a key, or with `AIVEN_MANAGED_KEY` to a key that Aiven manages. */
export function startMove(target: Service, cmk_id: string): void {
  const to = cmk_id === AIVEN_MANAGED_KEY ? null : cmk_id;
  target.move = to === target.cmk_id ? undefined : { to, until: Date.now() + MOVE_MS };
  target.update_time = now();
}

/** Completes the moves and the building of services whose time is up. */
export function completeMoves({ services }: Project): void {
  for (const each of services) {
    if (each.building !== undefined && each.building <= Date.now()) {
      each.building = undefined;
      each.update_time = now();
    }
    if (!each.move || each.move.until > Date.now()) continue;
    each.cmk_id = each.move.to;
    each.move = undefined;
    each.update_time = now();
  }
}

/** Returns a service as the API shows it, with its active key, which changes when a move has ended. No field has a password. */
export function showService({ move, building, ...service }: Service): object {
  const { service_name } = service;
  return {
    ...service,
    state: building !== undefined ? 'REBUILDING' : move ? 'REBALANCING' : 'RUNNING',
    service_uri: `https://${service_name}.sandbox.invalid:443`,
    connection_info: {},
    databases: [],
    disk_space_mb: 16_384,
    group_list: ['default'],
    node_count: 1,
    node_states: [{ name: `${service_name}-1`, progress_updates: [], role: 'master', state: 'running' }],
    service_notifications: [],
    termination_protection: false,
    user_config: {},
    users: [{ type: 'primary', username: 'avnadmin' }],
  };
}

/** Returns the services that use a key, are moving to it or are moving from it, as the API shows them. */
export function associations({ services }: Project, id: string): object[] {
  return services.flatMap(({ service_name, cmk_id, move, building }) => {
    if (move?.to === id) return [{ service_name, status: 'activating' }];
    if (cmk_id !== id) return [];
    return [{ service_name, status: building !== undefined ? 'activating' : move ? 'deactivating' : 'active' }];
  });
}

/** The principals of the sandbox, as the API shows them. */
export const ACCESSORS = {
  aws: { principal: 'arn:aws:iam::210987654321:role/aiven-cmk-sandbox' },
  azure: { app_id: '5a6b7c8d-1234-4321-8765-0a1b2c3d4e5f' },
  gcp: { access_group: 'access.example.12345678-1234-1234-1234-123456789abc@aiven.io' },
  oci: {
    access_group: 'ocid1.group.oc1..exampleaivenaccessgroup',
    access_tenant: 'ocid1.tenancy.oc1..exampleaiventenancy',
  },
};
