import type { McpbManifestAny } from '@anthropic-ai/mcpb';
import packageJson from '../package.json' with { type: 'json' };
import { TOOL_DEFINITIONS } from '../src/tools/catalog.ts';
import { readAccount } from './account.ts';

/** The program inside the bundle, from its root. */
export const ENTRY = 'dist/cli.js';

/** Returns the placeholder of a setting, which a host replaces by the user's value. */
const given = (setting: string) => `\${user_config.${setting}}`;

/**
 * Returns the manifest of the MCP bundle (MCPB manifest, version 0.3). Each optional setting has a default: hosts pass an empty
 * text or the placeholder itself for one without, and the server accepts neither.
 */
export function manifest(): McpbManifestAny {
  const { name, version, description, license, keywords } = packageJson;
  const { repository } = readAccount('.');
  return {
    manifest_version: '0.3',
    name,
    display_name: 'Aiven CMK',
    version,
    description,
    author: { name: `${name} contributors` },
    license,
    keywords,
    ...(repository !== '' && {
      repository: { type: 'git', url: `${repository}.git` },
      homepage: `${repository}#readme`,
      support: `${repository}/issues`,
    }),
    server: {
      type: 'node',
      entry_point: ENTRY,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${ENTRY}`],
        env: {
          AIVEN_TOKEN: given('token'),
          AIVEN_CMK_PROJECT: given('project'),
          AIVEN_CMK_READ_ONLY: given('read_only'),
          AIVEN_CMK_APPROVAL: given('approval'),
        },
      },
    },
    tools: TOOL_DEFINITIONS.filter(({ toolset }) => toolset === 'cmk').map((tool) => ({
      name: tool.name,
      description: tool.description,
    })),
    compatibility: { platforms: ['darwin', 'linux', 'win32'], runtimes: { node: packageJson.engines.node } },
    user_config: {
      token: {
        type: 'string',
        title: 'Aiven token',
        description: 'API token of a user with the operator role in the project, from the Aiven Console',
        sensitive: true,
        required: true,
      },
      project: {
        type: 'string',
        title: 'Projects',
        description: 'The only projects the assistant may touch, separated by commas; * for any',
        default: '*',
      },
      read_only: {
        type: 'boolean',
        title: 'Read only',
        description: 'Serve only the tools that change nothing',
        default: false,
      },
      approval: {
        type: 'string',
        title: 'Approval of deletions',
        description:
          'auto: you, where you can be asked; page: you, in your browser; required: you, or nothing is deleted; argument: nobody',
        default: 'auto',
      },
    },
  };
}
