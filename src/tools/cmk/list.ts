import * as z from 'zod';
import { PROVIDERS } from '../../aiven/kms/providers.ts';
import { withServices } from '../../aiven/listed-services.ts';
import { type Cmk, CmkListResponse } from '../../aiven/schemas.ts';
import { project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Lists the keys of a project, on request those of one status, provider or the default, and with the services that use each. */
export const list = defineTool({
  name: 'aiven_cmk_list',
  title: 'List CMKs',
  description:
    "List a project's CMKs: ids, key identifiers, status, default. Start here to find an id, or with include_services to review all keys at once.",
  annotations: READS,
  input: z.strictObject({
    project,
    status: z.enum(['current', 'old', 'deleted']).optional().describe('Only these'),
    provider: z.enum(PROVIDERS).optional().describe('Only these'),
    default_only: z.boolean().optional().describe('Only the default'),
    include_services: z.boolean().optional().describe('Add the services on each key'),
  }),
  output: CmkListResponse,
  async handler({ project, include_services, ...filters }, { aiven }) {
    const response = await aiven.list(project);
    const { cmks, warnings } = filter(response.cmks, filters);
    const { warnings: doubts = [], ...listed } = include_services ? await withServices(aiven, project, cmks) : { cmks };
    const said = [...warnings, ...doubts];
    return { ...response, ...listed, ...(said.length > 0 && { warnings: said }) };
  },
});

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
  const matching = cmks.filter((cmk) => wanted.every(([name, value]) => cmk[name] === value));
  const mayMatch = cmks.filter((cmk) => wanted.every(([name, value]) => (cmk[name] ?? value) === value));
  const silent = mayMatch.length - matching.length;
  const names = wanted.map(([name]) => name).join(' or ');
  const warnings = silent > 0 ? [`Left out: ${silent} of the keys, for which Aiven does not report ${names}.`] : [];
  return { cmks: matching, warnings };
}
