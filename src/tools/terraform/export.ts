import * as z from 'zod';
import { BETA_SWITCH, toTerraform } from '../../aiven/terraform.ts';
import { project } from '../fields.ts';
import { defineTool, READS } from '../tool.ts';

/** Returns a Terraform configuration of a project's keys. */
export const exportTool = defineTool({
  name: 'aiven_cmk_export',
  title: 'Export CMKs to Terraform',
  toolset: 'terraform',
  description: `Write the CMKs of a project as a Terraform configuration: an import block and a resource aiven_cmk for each. Use to take keys under Terraform; give hcl to the user as it is. aiven_cmk is in the beta stage: Terraform needs ${BETA_SWITCH}=1.`,
  annotations: READS,
  input: z.strictObject({ project }),
  output: z.object({
    hcl: z.string().describe('Terraform configuration'),
    exported: z.number().describe('Number of keys in it'),
    skipped: z.array(z.looseObject({})).describe('Keys left out: id, why'),
  }),
  async handler({ project }, { aiven }) {
    const { cmks } = await aiven.list(project);
    const { hcl, exported, skipped } = toTerraform(project, cmks);
    return { hcl, exported, skipped: [...skipped] };
  },
});
