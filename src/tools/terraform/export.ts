import * as z from 'zod';
import { BETA_SWITCH, joinTerraform, type TerraformEntry, terraformEntries } from '../../aiven/terraform.ts';
import { describeCuts, jsonBytes } from '../../core/json-size.ts';
import { startOfPage } from '../cursor.ts';
import { cursor, Paged, project } from '../fields.ts';
import { FRAME_MAX, fitsAlone, pageOf } from '../page.ts';
import { defineTool, READS } from '../tool.ts';

const MORE =
  'There are more: call again with cursor and put the configurations one after another, or have the user run aiven-cmk-mcp export --terraform, which prints all.';

/** Returns a Terraform configuration of a project's keys. */
export const exportTool = defineTool({
  name: 'aiven_cmk_export',
  title: 'Export CMKs to Terraform',
  toolset: 'terraform',
  description: `Write the CMKs of a project as a Terraform configuration: an import block and a resource aiven_cmk for each. Use to take keys under Terraform; give hcl to the user as it is. aiven_cmk is in the beta stage: Terraform needs ${BETA_SWITCH}=1.`,
  annotations: READS,
  input: z.strictObject({ project, cursor }),
  output: z.object({
    hcl: z.string().describe('Terraform configuration'),
    exported: z.number().describe('Number of keys in it'),
    skipped: z.array(z.looseObject({})).describe('Keys left out: id, why'),
    ...Paged.shape,
  }),
  async handler({ project, cursor }, { aiven, resultMax }) {
    const start = startOfPage(['aiven_cmk_export', project], cursor);
    const { cmks } = await aiven.list(project);
    const room = resultMax - FRAME_MAX - jsonBytes(joinTerraform([]));
    const { entries, total, next_cursor, cuts } = pageOf(terraformEntries(project, cmks), {
      start,
      idOf: ({ id }) => id,
      show: (entry) => leaveOutLarge(entry, room), // Each takes no more room in the configuration than in this list.
      room,
    });
    const { hcl, exported, skipped } = joinTerraform(entries);
    const warnings = describeCuts('A key', cuts);
    return {
      hcl,
      exported,
      skipped: [...skipped],
      total,
      ...(next_cursor !== undefined && { next_cursor, note: MORE }),
      ...(warnings.length > 0 && { warnings }),
    };
  },
});

/** A configuration cannot be cut: a key of which no whole block fits is left out of it. */
function leaveOutLarge(entry: TerraformEntry, room: number): TerraformEntry {
  if (!('hcl' in entry) || fitsAlone(entry, room)) return entry;
  return { id: entry.id, why: 'its configuration is too large for one result' };
}
