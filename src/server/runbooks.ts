import { AZURE_VERSIONS, keyTypeOf, type Provider } from '../aiven/kms/providers.ts';

/** One step: ways to do it, each a tool with its use, and the instruction if none of the tools is available. */
export type Step =
  | string
  | { readonly ways: readonly (readonly [tool: string, use: string])[]; readonly otherwise: string };

/** The tools that runbooks may name. */
export interface Availability {
  /** Whether a tool is available to this caller. */
  readonly isAvailable: (tool: string) => boolean;
  /** Returns why a tool is not available. */
  readonly whyMissing: (tool: string) => string;
}

/** A key to register, of a prompt's arguments. */
export interface NewKey {
  readonly provider: Provider;
  readonly resource: string;
}

const step = (tool: string, use: string, otherwise: string): Step => ({ ways: [[tool, use]], otherwise });

/** How a list is read to its end. */
const TO_THE_END = 'As long as the result has next_cursor, call again with it as cursor';

const findKeys = step(
  'aiven_cmk_list',
  `to see all keys, their status and which is the default. ${TO_THE_END}`,
  'List the keys of the project',
);
const keyType = ({ provider }: NewKey): Step =>
  [
    `Ask the user whether the key is of a type that Aiven can use: ${keyTypeOf(provider)}. If it is not, stop.`,
    ...(provider === 'azure' ? [AZURE_VERSIONS] : []),
  ].join(' ');
const accessors = ({ provider }: NewKey) =>
  step(
    'aiven_cmk_accessors',
    `with cloud ${provider}, and take its grants, with the note and what may be used instead`,
    'Find out which principals need access',
  );
const grant: Step =
  'Show the user the exact grants and wait until they say they made them. Never claim a grant was made that you did not see confirmed.';
const register = (resource: string) =>
  step(
    'aiven_cmk_create',
    `with dry_run true, show the plan, then without it, for ${resource}. Note the id`,
    `Register ${resource}`,
  );
const check = step(
  'aiven_cmk_access_check',
  'for the new id, and tell the user what the answer does and does not prove',
  'Check that Aiven can use the new key',
);
const makeDefault = (id: string) =>
  step(
    'aiven_cmk_update',
    `with default_cmk true for ${id}, if the user wants new services on it`,
    `Make ${id} the default`,
  );
const dependents = (id: string, why: string): Step => ({
  ways: [
    ['aiven_cmk_services', `for ${id} ${why}. ${TO_THE_END}`],
    ['aiven_cmk_get', `with include_services true for ${id} ${why}`],
  ],
  otherwise: `See which services use ${id}`,
});

/** Returns the steps that delete a key which nothing uses. */
export const retirement = (id: string): readonly Step[] => [
  step(
    'aiven_cmk_get',
    `with include_services true for ${id}, show the key to the user, and stop if any service is left, activating and deactivating ones included, or if services_unknown is true`,
    `Look at ${id} and at the services that use it`,
  ),
  step(
    'aiven_cmk_delete',
    `for ${id} with dry_run true and show the plan with its warnings. Only on the user’s explicit word, without it. After a refusal stop and report`,
    `Delete ${id}`,
  ),
  'Tell the user that the key in the cloud’s KMS is still there, and should stay as long as backups need it.',
];

const adding = (key: NewKey): Step[] => [
  keyType(key),
  accessors(key),
  grant,
  register(`provider ${key.provider}, resource ${key.resource}`),
  check,
  makeDefault('the new key'),
];

/** Returns the steps that register a key. */
export const onboarding = (key: NewKey): readonly Step[] => [findKeys, ...adding(key)];

/** Returns the steps that replace a key by a new one. */
export const rotation = ({ cmk_id, ...key }: NewKey & { cmk_id: string }): readonly Step[] => [
  dependents(cmk_id, 'and show them to the user'),
  ...adding(key),
  step(
    'aiven_cmk_assign',
    'for one service at a time: dry_run true first, then without it. Wait for each before the next',
    'Move each service to the new key, one at a time',
  ),
  dependents(cmk_id, 'again and again, waiting in between, until none is left'),
  ...retirement(cmk_id),
];

/** The steps that take stock of a project's keys. */
export const REVIEW: readonly Step[] = [
  step(
    'aiven_cmk_list',
    `with include_services true to see all keys, and which services each protects. ${TO_THE_END}, and keep of each result what the report needs`,
    'List the keys of the project, and which services each protects',
  ),
  'Report: which key is the default, or that none is; keys of status old, and what still uses them; keys that no service uses; keys of which Aiven does not tell (services_unknown). Change nothing.',
];

/** Returns a runbook as text: a title, and its steps with the tools that are available. */
export function toText(title: string, steps: readonly Step[], { isAvailable, whyMissing }: Availability): string {
  const lines = steps.map((each, index) => {
    if (typeof each === 'string') return `${index + 1}. ${each}`;
    const { ways, otherwise } = each;
    const [tool, use] = ways.find(([name]) => isAvailable(name)) ?? [];
    if (tool) return `${index + 1}. Call ${tool} ${use}.`;
    const why = ways[0] ? whyMissing(ways[0][0]) : '';
    return `${index + 1}. ${otherwise}: this server does not offer it (${why}); ask the user to do it in the Aiven Console or with avn.`;
  });
  return [`${title}. Follow these steps in order and stop at the first that fails.`, ...lines].join('\n');
}
