import type { Project } from './state.ts';

/** Types of services that the sandbox's services can have. */
const SERVICE_TYPES = ['kafka', 'opensearch', 'pg', 'valkey'];

type Projects = ReadonlyMap<string, Project>;

/** What Aiven's clients read outside a project's keys and services, by path below `/v1`; with the response's body. */
export const ACCOUNT_ROUTES: readonly (readonly [
  path: RegExp,
  show: (projects: Projects, name: string) => object | undefined,
])[] = [
  [/^\/project$/, (projects) => ({ projects: [...projects.keys()].map(showProject) })],
  [
    /^\/project\/(?<name>[^/]+)$/,
    (projects, name) => (projects.has(name) ? { project: showProject(name) } : undefined),
  ],
  [/^\/me$/, (projects) => ({ user: showUser([...projects.keys()]) })],
  [
    /^(?:\/project\/[^/]+)?\/service_types$/,
    () => ({ service_types: Object.fromEntries(SERVICE_TYPES.map((type) => [type, showType(type)])) }),
  ],
  [
    /^\/project\/[^/]+\/service-types\/(?<name>[^/]+)$/,
    (_projects, name) => (SERVICE_TYPES.includes(name) ? showType(name) : undefined),
  ],
];

function showProject(project_name: string): object {
  return {
    project_name,
    account_id: 'a0000000000',
    default_cloud: 'google-europe-west1',
    billing_address: '',
    billing_currency: 'USD',
    billing_extra_text: null,
    card_info: null,
    country_code: '',
    vat_id: '',
  };
}

function showUser(projects: readonly string[]): object {
  return {
    user: SANDBOX_USER,
    user_id: 'u0000000000',
    real_name: 'Sandbox User',
    state: 'active',
    token_validity_begin: null,
    projects,
    auth: ['token'],
  };
}

/** The user to whom the sandbox's token belongs. */
export const SANDBOX_USER = 'user@sandbox.invalid';

/** Returns the definition of a service type, of which the sandbox knows no settings. */
function showType(type: string): object {
  return {
    description: type,
    user_config_schema: { type: 'object', title: `${type} settings`, properties: {}, additionalProperties: false },
  };
}
