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

/**
 * Returns a configuration that takes a project's keys under Terraform: for each an `import` block, which takes Terraform 1.5, and
 * a resource `aiven_cmk` (`byok.mdx`, "Sample configuration"). Deleted keys, and keys that lack what the resource requires, are left out.
 */
export function toTerraform(project: string, cmks: readonly Cmk[]): TerraformExport {
  const reasons = cmks.map((cmk) => ({ cmk, why: whyLeftOut(cmk) }));
  const taken = reasons.flatMap(({ cmk, why }) => (why === undefined ? [cmk] : []));
  const names = resourceNames(taken);
  const blocks = taken.map((cmk, at) => block(project, cmk, names[at] ?? ''));
  const head = [
    `# aiven_cmk is in the beta stage of Aiven's provider: export ${BETA_SWITCH}=1`,
    '# Then: terraform plan, which must show imports only, and terraform apply.',
  ];
  return {
    hcl: `${[head.join('\n'), ...blocks].join('\n\n')}\n`,
    exported: taken.length,
    skipped: reasons.flatMap(({ cmk: { id }, why }) => (why === undefined ? [] : [{ id, why }])),
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
function resourceNames(cmks: readonly Cmk[]): string[] {
  const plain = ({ id }: Cmk) => id.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const short = (cmk: Cmk) => `${cmk.provider}_${plain(cmk).split('_')[0]}`;
  const taken = cmks.map(short);
  const names = cmks.map((cmk, at) =>
    taken.indexOf(short(cmk)) === at && taken.lastIndexOf(short(cmk)) === at
      ? short(cmk)
      : `${cmk.provider}_${plain(cmk)}`,
  );
  // Ids that are no UUIDs may differ only in what a name cannot have. No id brings two underscores in a row into a name.
  return names.map((name, at) => (names.indexOf(name) === at ? name : `${name}__${at + 1}`));
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
