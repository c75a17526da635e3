import * as z from 'zod';
import { PROVIDERS } from '../../aiven/kms/providers.ts';
import { type ServicesOnKeys, servicesOnKeys } from '../../aiven/listed-services.ts';
import { type Cmk, CmkListResponse } from '../../aiven/schemas.ts';
import { cutToSize, describeCuts, jsonBytes } from '../../core/json-size.ts';
import { startOfPage } from '../cursor.ts';
import { firstServices, MORE_SERVICES } from '../dependents.ts';
import { cursor, Paged, project } from '../fields.ts';
import { FRAME_MAX, pageOf } from '../page.ts';
import { defineTool, READS } from '../tool.ts';

const MORE = 'There are more: call again with cursor, or with a filter: status, provider, default_only.';

/** Lists the keys of a project, on request those of one status, provider or the default, and with the services that use each. */
export const list = defineTool({
  name: 'aiven_cmk_list',
  title: 'List CMKs',
  description:
    "List a project's CMKs: ids, key identifiers, status, default. Start here to find an id, or with include_services to review all keys.",
  annotations: READS,
  input: z.strictObject({
    project,
    status: z.enum(['current', 'old', 'deleted']).optional().describe('Only these'),
    provider: z.enum(PROVIDERS).optional().describe('Only these'),
    default_only: z.boolean().optional().describe('Only the default'),
    include_services: z.boolean().optional().describe('Add the services on each key'),
    cursor,
  }),
  output: CmkListResponse.extend(Paged.shape),
  resourceUri: 'ui://aiven-cmk/inventory',
  async handler({ project, include_services, cursor, ...filters }, { aiven, resultMax }) {
    const { status, provider, default_only } = filters;
    const start = startOfPage(['aiven_cmk_list', project, status, provider, default_only === true], cursor);
    // A later API may have fields of these names, which would be taken for ours.
    const { cmks: listed, next_cursor, note, ...response } = await aiven.list(project);
    const { cmks, warnings } = filter(listed, filters);
    const use = include_services ? await servicesOnKeys(aiven, project) : undefined;
    const { value: others, cuts } = cutToSize(response, resultMax / 4); // Of a later API; what is over this would leave no room for keys.
    const beside = { ...others, ...(use?.isUnknown && { services_unknown: true }) };
    const listWarnings = [...warnings, ...(use?.warnings ?? []), ...describeCuts('The list', cuts)];
    const room = resultMax - FRAME_MAX - jsonBytes({ ...beside, warnings: listWarnings });
    const page = pageOf(cmks, {
      start,
      idOf: ({ id }) => id,
      show: (cmk) => (use ? { ...cmk, ...servicesOf(cmk, use, room / 2) } : cmk),
      room,
    });
    const isCut = page.entries.some((cmk) => 'services_total' in cmk);
    const allWarnings = [...listWarnings, ...describeCuts('The key', page.cuts), ...(isCut ? [MORE_SERVICES] : [])];
    return {
      cmks: page.entries,
      ...beside,
      total: page.total,
      ...(page.next_cursor !== undefined && { next_cursor: page.next_cursor, note: MORE }),
      ...(allWarnings.length > 0 && { warnings: allWarnings }),
    };
  },
});

/** Returns the fields about the services on a key, of which as many as fit are shown. */
function servicesOf(cmk: Cmk, use: ServicesOnKeys, room: number) {
  const { services, ...unknown } = use.of(cmk);
  return services ? firstServices(services, room) : unknown;
}

interface Filters {
  readonly status?: string | undefined;
  readonly provider?: string | undefined;
  readonly default_only?: boolean | undefined;
}

/** Returns the keys that match all filters. A key without a field that is filtered by is left out, and counted in a warning. */
function filter(cmks: Cmk[], { status, provider, default_only }: Filters): { cmks: Cmk[]; warnings: string[] } {
  const wanted = Object.entries({ status, provider, default_cmk: default_only ? true : undefined }).filter(
    ([, value]) => value !== undefined,
  );
  if (wanted.length === 0) return { cmks, warnings: [] };
  const matching = cmks.filter((cmk) => wanted.every(([name, value]) => cmk[name] === value));
  const mayMatch = cmks.filter((cmk) => wanted.every(([name, value]) => (cmk[name] ?? value) === value));
  const silent = mayMatch.length - matching.length;
  const names = wanted.map(([name]) => name).join(' or ');
  const warnings = silent > 0 ? [`Left out: ${silent} of the keys, for which Aiven does not report ${names}.`] : [];
  return { cmks: matching, warnings };
}
