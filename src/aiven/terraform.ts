import { PROVIDERS } from './kms/providers.ts';
import type { Cmk } from './schemas.ts';

/** The variable without which Aiven's provider for Terraform does not have `aiven_cmk`, which is in its beta stage. */
export const BETA_SWITCH = 'PROVIDER_AIVEN_ENABLE_BETA';

/** A configuration for Terraform, and the keys that it leaves out, with the reason. */
export interface TerraformExport {
  readonly hcl: string;
  readonly exported: number;
  readonly skipped: readonly { readonly id: string; readonly why: string }[];
}

/** What a configuration has of one key: its blocks, or why it is left out. */
export type TerraformEntry = { readonly id: string } & ({ readonly hcl: string } | { readonly why: string });

/** Returns a configuration that takes a project's keys under Terraform. */
export function toTerraform(project: string, cmks: readonly Cmk[]): TerraformExport {
  return joinTerraform(terraformEntries(project, cmks));
}

/**
 * Returns what a configuration has of each key: an `import` block, which takes Terraform 1.5, and a resource `aiven_cmk` (`byok.mdx`,
 * "Sample configuration"). Deleted keys, and keys that lack what the resource requires, are left out.
 */
export function terraformEntries(project: string, cmks: readonly Cmk[]): TerraformEntry[] {
  const names = resourceNames(cmks.filter((cmk) => whyLeftOut(cmk) === undefined));
  return cmks.map((cmk) => {
    const why = whyLeftOut(cmk);
    return why === undefined ? { id: cmk.id, hcl: block(project, cmk, names.get(cmk) ?? '') } : { id: cmk.id, why };
  });
}

/** Returns a configuration of these entries. */
export function joinTerraform(entries: readonly TerraformEntry[]): TerraformExport {
  const head = [
    `# aiven_cmk is in the beta stage of Aiven's provider: export ${BETA_SWITCH}=1`,
    '# Then: terraform plan, which must show imports only, and terraform apply.',
  ];
  const blocks = entries.flatMap((entry) => ('hcl' in entry ? [entry.hcl] : []));
  return {
    hcl: `${[head.join('\n'), ...blocks].join('\n\n')}\n`,
    exported: blocks.length,
    skipped: entries.flatMap((entry) => ('why' in entry ? [entry] : [])),
  };
}

function whyLeftOut({ status, provider, resource }: Cmk): string | undefined {
  if (status === 'deleted') return 'it is deleted';
  if (!PROVIDERS.some((known) => known === provider))
    return 'its provider is not reported, or is none that the resource takes';
  return resource ? undefined : 'its identifier is not reported';
}

function block(project: string, { id, provider, resource, default_cmk }: Cmk, name: string): string {
  return [
    'import {',
    `  to = aiven_cmk.${name}`,
    `  id = ${quoteHcl(`${project}/${id}`)}`,
    '}',
    '',
    `resource "aiven_cmk" "${name}" {`,
    `  project      = ${quoteHcl(project)}`,
    `  cmk_provider = ${quoteHcl(provider ?? '')}`,
    `  resource     = ${quoteHcl(resource ?? '')}`,
    // Where it is not reported, the provider reads it.
    ...(typeof default_cmk === 'boolean' ? [`  default_cmk  = ${default_cmk}`] : []),
    '}',
  ].join('\n');
}

/** Returns a name for each key: its provider and the first part of its id, or the whole id where that part is not unique. */
function resourceNames(cmks: readonly Cmk[]): ReadonlyMap<Cmk, string> {
  const plain = ({ id }: Cmk) => id.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const short = (cmk: Cmk) => `${cmk.provider}_${plain(cmk).split('_')[0]}`;
  const uses = new Map<string, number>();
  for (const cmk of cmks) uses.set(short(cmk), (uses.get(short(cmk)) ?? 0) + 1);
  const given = new Set<string>();
  const names = cmks.map((cmk, at): [Cmk, string] => {
    const name = uses.get(short(cmk)) === 1 ? short(cmk) : `${cmk.provider}_${plain(cmk)}`;
    // Ids that are no UUIDs may differ only in what a name cannot have. No id brings two underscores in a row into a name.
    const unique = given.has(name) ? `${name}__${at + 1}` : name;
    given.add(name);
    return [cmk, unique];
  });
  return new Map(names);
}

/** How a character is written in a quoted template of HCL, where it is not written as itself. */
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/** What a quoted template cannot have as it is: introducers of a template, escapes, and characters that print nothing. */
const SPECIAL = /[$%]+(?=\{)|["\\]|\p{C}|(?! )\p{Z}/gu;

/**
 * Returns a text as a quoted template of HCL that evaluates to it (HCL syntax, "Template Literals"). A lone surrogate, which HCL
 * does not have, becomes U+FFFD.
 */
export function quoteHcl(text: string): string {
  const escaped = text.toWellFormed().replace(SPECIAL, (found) => {
    if (!/^[$%]/.test(found)) return ESCAPES[found] ?? byCode(found);
    // The scanner of HCL reads `$$` before `$${`, so that signs before the one that is doubled must not be written as themselves.
    const last = found.slice(-1);
    return [...found.slice(0, -1)].map(byCode).join('') + last + last;
  });
  return `"${escaped}"`;
}

function byCode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
