import type { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** The names of all runbooks. */
export const RUNBOOKS = ['onboard_cmk', 'rotate_cmk', 'retire_cmk', 'review_cmks'] as const;
/** One of `RUNBOOKS`. */
export type Runbook = (typeof RUNBOOKS)[number];

/** The tools and projects that runbooks may name. */
export interface PromptContext {
  /** Whether a tool is available to this caller. */
  readonly isAvailable: (tool: string) => boolean;
  /** The only projects that calls may name; empty for any. */
  readonly projects: readonly string[];
  /** The runbooks to list. */
  readonly listed: readonly Runbook[];
}

/** One step: a tool with its use, and the instruction if the tool is not available. */
type Step = string | { readonly ways: readonly (readonly [tool: string, use: string])[]; readonly otherwise: string };

const ELSEWHERE = 'this server does not offer it; ask the user to do it in the Aiven Console or with avn';

const step = (tool: string, use: string, otherwise: string): Step => ({ ways: [[tool, use]], otherwise });

const findKeys = step(
  'aiven_cmk_list',
  'to see all keys, their status and which is the default',
  'List the keys of the project',
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
const accessors = step(
  'aiven_cmk_accessors',
  'and take the grants of the key’s cloud',
  'Find out which principals need access',
);
const makeDefault = (id: string) =>
  step(
    'aiven_cmk_update',
    `with default_cmk true for ${id}, if the user wants new services on it`,
    `Make ${id} the default`,
  );
const dependents = (id: string, why: string) =>
  step('aiven_cmk_services', `for ${id} ${why}`, `See which services use ${id}`);
const retirement = (id: string): Step[] => [
  step('aiven_cmk_get', `for ${id}, and show the key to the user`, `Look at ${id}`),
  dependents(id, 'and stop if any service is left, activating and deactivating ones included'),
  step(
    'aiven_cmk_delete',
    `for ${id} with dry_run true and show the plan. Only on the user’s explicit word, without it. After a refusal stop and report`,
    `Delete ${id}`,
  ),
  'Tell the user that the key in the cloud’s KMS is still there, and should stay as long as backups need it.',
];

/** A key to register, of a prompt's arguments. */
interface NewKey {
  readonly provider: string;
  readonly resource: string;
}

const adding = ({ provider, resource }: NewKey): Step[] => [
  accessors,
  grant,
  register(`provider ${provider}, resource ${resource}`),
  check,
  makeDefault('the new key'),
];
const onboarding = (key: NewKey): Step[] => [findKeys, ...adding(key)];
const rotation = ({ cmk_id, ...key }: NewKey & { cmk_id: string }): Step[] => [
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
const REVIEW: readonly Step[] = [
  findKeys,
  step('aiven_cmk_get', 'with include_services true for each key', 'See which services each key protects'),
  'Report: which key is the default, or that none is; keys of status old, and what still uses them; keys that no service uses; keys of which Aiven does not tell. Change nothing.',
];

/** Returns the runbooks with at least one step that a caller may take. */
export function usableRunbooks(isAvailable: PromptContext['isAvailable']): readonly Runbook[] {
  const key = { provider: '', resource: '', cmk_id: '' };
  const steps: Readonly<Record<Runbook, readonly Step[]>> = {
    onboard_cmk: onboarding(key),
    rotate_cmk: rotation(key),
    retire_cmk: retirement(key.cmk_id),
    review_cmks: REVIEW,
  };
  const isUsable = (each: Step) => typeof each !== 'string' && each.ways.some(([tool]) => isAvailable(tool));
  return RUNBOOKS.filter((name) => steps[name].some(isUsable));
}

/**
 * Prepares the runbooks, which name only tools that are available. Returns a function that registers them with a server: over
 * HTTP each request has its own server, and the schemas are the same.
 */
export function prepareRunbooks(context: PromptContext): (server: McpServer) => void {
  const [only, ...more] = context.projects;
  const name = z.string().describe('Aiven project name');
  const project = only !== undefined && more.length === 0 ? name.optional() : name;
  const keyId = (description: string) => z.string().describe(description);
  const resource = z.string().describe('Key identifier in the KMS');
  const provider = z.string().describe('aws, gcp, azure or oci');
  const runbook = (title: string, given: { project?: string | undefined }, steps: readonly Step[]) =>
    message(title, given.project ?? only ?? '', steps, context.isAvailable);

  const onboard = {
    title: 'Onboard a CMK',
    description: 'Grant Aiven access to a KMS key, register it, check it, and make it the default',
    argsSchema: z.object({ project, provider, resource }),
  };
  const rotate = {
    title: 'Rotate a CMK',
    description: 'Register a new key, move services to it one by one, and retire the old key',
    argsSchema: z.object({ project, cmk_id: keyId('Id of the CMK to replace'), provider, resource }),
  };
  const retire = {
    title: 'Retire a CMK',
    description: 'Make sure that nothing uses a key, and delete it',
    argsSchema: z.object({ project, cmk_id: keyId('Id of the CMK to retire') }),
  };
  const review = {
    title: 'Review CMKs',
    description: 'Take stock of a project’s keys: the default, old keys, keys that no service uses',
    argsSchema: z.object({ project }),
  };
  const registrations: Readonly<Record<Runbook, (server: McpServer) => void>> = {
    onboard_cmk: (server) =>
      server.registerPrompt('onboard_cmk', onboard, (given) =>
        runbook(`Register the ${given.provider} key ${given.resource} as a CMK`, given, onboarding(given)),
      ),
    rotate_cmk: (server) =>
      server.registerPrompt('rotate_cmk', rotate, (given) =>
        runbook(`Replace CMK ${given.cmk_id} by the ${given.provider} key ${given.resource}`, given, rotation(given)),
      ),
    retire_cmk: (server) =>
      server.registerPrompt('retire_cmk', retire, (given) =>
        runbook(`Retire CMK ${given.cmk_id}`, given, retirement(given.cmk_id)),
      ),
    review_cmks: (server) =>
      server.registerPrompt('review_cmks', review, (given) => runbook('Review the CMKs', given, REVIEW)),
  };
  return (server) => {
    for (const name of context.listed) registrations[name](server);
  };
}

function message(title: string, project: string, steps: readonly Step[], isAvailable: PromptContext['isAvailable']) {
  const lines = steps.map((each, index) => {
    if (typeof each === 'string') return `${index + 1}. ${each}`;
    const [tool, use] = each.ways.find(([name]) => isAvailable(name)) ?? [];
    return tool ? `${index + 1}. Call ${tool} ${use}.` : `${index + 1}. ${each.otherwise}: ${ELSEWHERE}.`;
  });
  const text = [
    `${title} in the Aiven project ${project}. Follow these steps in order and stop at the first that fails.`,
    ...lines,
  ].join('\n');
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] };
}
