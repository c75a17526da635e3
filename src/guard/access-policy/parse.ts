import { createHash } from 'node:crypto';
import { type CST, type Document, isNode, LineCounter, Parser, parseDocument } from 'yaml';
import type * as z from 'zod';
import { CmkError } from '../../core/errors.ts';
import { sanitize } from '../../core/sanitize.ts';
import type { AccessPolicy } from './access-policy.ts';
import { decide } from './decide.ts';
import type { Rule } from './rule.ts';
import { claimsOf, type KnownTools, policySchema } from './schema.ts';

/** Maximum size of a policy, in bytes. */
export const POLICY_MAX = 131_072;

/** Maximum depth of its syntax tree. A policy has some twelve levels; composing thousands would exhaust the stack. */
const DEPTH_MAX = 40;

/** Maximum number of faults that an error names. */
const FAULTS_MAX = 5;

/** A policy with its rules, for those who explain it. */
export interface ParsedPolicy extends AccessPolicy {
  readonly rules: readonly Rule[];
}

/**
 * Returns the policy of a file's content, YAML 1.2 or JSON, which is YAML. What could be understood in two ways is refused:
 * repeated and unknown keys, aliases, tags, several documents.
 * @param name What the error calls the file.
 * @throws CmkError `invalid_settings` that names the file, lines, and what is accepted.
 */
export function parsePolicy(name: string, content: Uint8Array, tools: KnownTools): ParsedPolicy {
  if (content.length > POLICY_MAX) throw invalid(name, [`over ${POLICY_MAX} bytes`]);
  const lines = new LineCounter();
  const document = readYaml(name, content, lines);
  const parsed = policySchema(tools).safeParse(toValue(name, document));
  if (!parsed.success)
    throw invalid(
      name,
      parsed.error.issues.map((issue) => describe(issue, document, lines)),
    );
  const rules: readonly Rule[] = parsed.data.rules;
  const named = rules.flatMap(({ projects = [] }) => projects.filter((project) => !project.includes('*')));
  return {
    rules,
    decide: (request) => decide(rules, request),
    digest: createHash('sha256').update(content).digest('base64url'),
    claims: claimsOf(rules),
    projects: [...new Set(named)],
    needsPage: rules.some(({ approval }) => approval?.who === 'other' || (approval?.needed ?? 1) > 1),
  };
}

function readYaml(name: string, content: Uint8Array, lines: LineCounter): Document {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw invalid(name, ['it is no UTF-8 text']);
  }
  if (isTooDeep(text)) throw invalid(name, ['it is nested too deeply']);
  // `silent` would also silence that there are several documents.
  const options = { schema: 'core', stringKeys: true, prettyErrors: false, logLevel: 'error' } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  const faults = [...document.errors, ...document.warnings].map(({ code, message, pos: [at] }) => {
    const what = code === 'MULTIPLE_DOCS' ? 'it takes one document' : (message.split('\n', 1)[0] ?? '');
    return `line ${lines.linePos(at).line}: ${sanitize(what, 200)}`;
  });
  if (faults.length > 0) throw invalid(name, faults);
  return document;
}

/** Counts levels without recursion. */
function isTooDeep(text: string): boolean {
  let level: readonly unknown[] = [...new Parser().parse(text)];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) return true;
    level = level.flatMap(partsOf);
  }
  return false;
}

/** The parts of a token or of an entry that can have parts of their own. */
function partsOf(token: unknown): unknown[] {
  const {
    value,
    key,
    items = [],
  }: { value?: unknown; key?: unknown; items?: readonly CST.CollectionItem[] } = Object(token);
  return [key, value, ...items].filter((part) => typeof part === 'object' && part !== null);
}

function toValue(name: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw invalid(name, ['it takes no aliases (*name): write the value again']);
  }
}

function describe({ code, path, message, ...issue }: z.core.$ZodIssue, document: Document, lines: LineCounter): string {
  const keys = 'keys' in issue ? issue.keys : [];
  const at = [...path, ...keys.slice(0, 1)].map((part) => (typeof part === 'symbol' ? String(part) : part));
  const where = at.map((part) => (typeof part === 'number' ? `[${part}]` : `.${sanitize(part, 60)}`)).join('');
  const what = code === 'unrecognized_keys' ? 'this key is not known' : message;
  return [lineOf(document, at, lines), where.replace(/^\./, ''), what].filter(Boolean).join(': ');
}

/** The line of a value, or of the nearest value around it. */
function lineOf(document: Document, path: readonly (string | number)[], lines: LineCounter): string {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return `line ${lines.linePos(node.range[0]).line}`;
  }
  return '';
}

function invalid(name: string, faults: readonly string[]): CmkError {
  const shown = faults.slice(0, FAULTS_MAX).join('; ');
  return new CmkError('invalid_settings', `${name}: ${shown}${faults.length > FAULTS_MAX ? '; and more' : ''}.`);
}
