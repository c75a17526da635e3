import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { checkResource, PROVIDERS } from '../aiven/kms/providers.ts';
import { isSegment, SEGMENT_RULE } from '../aiven/path.ts';
import { CmkError } from '../core/errors.ts';
import { isUuid } from '../core/uuid.ts';
import {
  type Availability,
  type NewKey,
  onboarding,
  REVIEW,
  retirement,
  rotation,
  type Step,
  toText,
} from './runbooks.ts';

/** The names of all runbooks. */
export const RUNBOOKS = ['onboard_cmk', 'rotate_cmk', 'retire_cmk', 'review_cmks'] as const;
/** One of `RUNBOOKS`. */
export type Runbook = (typeof RUNBOOKS)[number];

/** The tools and projects that runbooks may name. */
export interface PromptContext extends Availability {
  /** The only projects that calls may name; empty for any. */
  readonly projects: readonly string[];
  /** The runbooks to list. */
  readonly listed: readonly Runbook[];
}

/** Returns the runbooks with at least one step that a caller may take. */
export function usableRunbooks(isAvailable: PromptContext['isAvailable']): readonly Runbook[] {
  const key = { provider: 'aws', resource: '', cmk_id: '' } as const;
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
  const { projects } = context;
  const [only, ...more] = projects;
  const name = z
    .string()
    .refine(isSegment, `a project name is ${SEGMENT_RULE}`)
    .refine((given) => projects.length === 0 || projects.includes(given), `it takes one of ${projects.join(', ')}`)
    .describe('Aiven project name');
  const project = only !== undefined && more.length === 0 ? name.optional() : name;
  const keyId = (description: string) =>
    z.string().refine(isUuid, 'a CMK id is a UUID such as 12345678-1234-1234-1234-12345678abcd').describe(description);
  const resource = z.string().describe('Key identifier in the KMS');
  const provider = z.enum(PROVIDERS).describe('aws, gcp, azure or oci');
  const runbook = (title: string, given: { project?: string | undefined }, steps: readonly Step[]) => {
    const text = toText(`${title} in the Aiven project ${given.project ?? only ?? ''}`, steps, context);
    return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] };
  };

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
      server.registerPrompt('onboard_cmk', onboard, (given) => {
        checkKey(given);
        return runbook(`Register the ${given.provider} key ${given.resource} as a CMK`, given, onboarding(given));
      }),
    rotate_cmk: (server) =>
      server.registerPrompt('rotate_cmk', rotate, (given) => {
        checkKey(given);
        const title = `Replace CMK ${given.cmk_id} by the ${given.provider} key ${given.resource}`;
        return runbook(title, given, rotation(given));
      }),
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

/** Checks an identifier as `aiven_cmk_create` does. @throws ProtocolError with the form that the provider's identifiers have. */
function checkKey({ provider, resource }: NewKey): void {
  try {
    checkResource(provider, resource);
  } catch (error) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, CmkError.from(error).message);
  }
}
