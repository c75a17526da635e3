import { join } from 'node:path';

/** A client that is installed here, and how it is made to read its file and to connect, without a person or a login. */
export interface HostedClient {
  /** The package that it comes in. */
  readonly from: string;
  /** What starts it. */
  readonly program: readonly string[];
  /**
   * The snippets of docs/clients that it takes: section, which of them, and the file in the home folder that holds it;
   * none for a command of the client itself. It runs in the home's folder `project`.
   */
  readonly takes: readonly (readonly [section: string, index: number, file: string])[];
  /** Its commands to run, one after the other; with `asks`, the requests to put to it over standard input. */
  readonly runs: readonly { readonly args: readonly string[]; readonly asks?: (project: string) => readonly Ask[] }[];
  /** What it prints of a server to which it is connected. */
  readonly connected: RegExp;
  /** What its commands do once connected: Gemini CLI's only greet the server. */
  readonly lists?: false;
  readonly env?: Readonly<Record<string, string>>;
  /** What it keeps in its home once a person has agreed to the servers of a project: a file and its text. */
  readonly agreed?: (project: string) => readonly [file: string, text: string];
}

/** One JSON-RPC request, made of the answer to the one before. */
export type Ask = (before: Record<string, unknown>) => { method: string; params: object };

const MODULES = join(import.meta.dirname, 'node_modules');
const platform = `${process.platform}-${process.arch}`;
const bin = (name: string) => [process.execPath, join(MODULES, '.bin', name)];
const initialize =
  (params: object): Ask =>
  () => ({ method: 'initialize', params });

/**
 * Scripts of packages do not run when they are installed here, so the two that put their program in place by one are
 * started where their platform's package has it.
 */
export const CLIENTS: readonly HostedClient[] = [
  {
    from: 'mcporter',
    program: bin('mcporter'),
    takes: [
      ['Claude Code', 1, 'mcporter.json'],
      ['Claude Code', 2, 'mcporter.json'],
    ],
    runs: [{ args: ['--config', 'mcporter.json', 'list', '--json'] }],
    connected: /"status": "ok"/,
  },
  {
    from: '@anthropic-ai/claude-code',
    program: [join(MODULES, '@anthropic-ai', `claude-code-${platform}`, 'claude')],
    takes: [
      ['Claude Code', 0, ''],
      ['Claude Code', 1, 'project/.mcp.json'],
      ['Claude Code', 2, 'project/.mcp.json'],
    ],
    runs: [{ args: ['mcp', 'get', 'aiven-cmk'] }, { args: ['mcp', 'list'] }],
    connected: /✔ Connected/,
    env: { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
    agreed: (project) => {
      const projects = { [project]: { hasTrustDialogAccepted: true, enabledMcpjsonServers: ['aiven-cmk'] } };
      return ['.claude.json', JSON.stringify({ projects })];
    },
  },
  {
    from: '@openai/codex',
    program: bin('codex'),
    takes: [
      ['Codex', 0, '.codex/config.toml'],
      ['Codex', 1, '.codex/config.toml'],
    ],
    runs: [
      { args: ['mcp', 'list', '--json'] },
      {
        args: ['app-server'],
        asks: () => [
          initialize({ clientInfo: { name: 'check', title: 'check', version: '1' } }),
          () => ({ method: 'mcpServerStatus/list', params: {} }),
        ],
      },
    ],
    connected: /"serverInfo":\{"name":"aiven-cmk"/,
  },
  {
    from: '@google/gemini-cli',
    program: bin('gemini'),
    takes: [
      ['Gemini CLI', 0, '.gemini/settings.json'],
      ['Gemini CLI', 1, '.gemini/settings.json'],
    ],
    runs: [{ args: ['mcp', 'list'] }],
    connected: /✓ aiven-cmk: .* - Connected/,
    lists: false,
    env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
  },
  {
    from: 'opencode-ai',
    program: [join(MODULES, `opencode-${platform}`, 'bin', 'opencode')],
    takes: [
      ['opencode', 0, '.config/opencode/opencode.json'],
      ['opencode', 1, '.config/opencode/opencode.json'],
    ],
    runs: [{ args: ['mcp', 'list'] }],
    connected: /✓ aiven-cmk .*connected/,
    env: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' },
  },
  {
    from: '@github/copilot',
    program: bin('copilot'),
    takes: [
      ['Copilot CLI', 0, '.copilot/mcp-config.json'],
      ['Copilot CLI', 1, '.copilot/mcp-config.json'],
    ],
    runs: [
      { args: ['mcp', 'list', '--json'] },
      {
        args: ['--acp', '--no-auto-update', '--disable-builtin-mcps'],
        asks: (cwd) => [
          initialize({ protocolVersion: 1, clientCapabilities: {} }),
          () => ({ method: 'session/new', params: { cwd, mcpServers: [] } }),
          ({ sessionId }) => ({
            method: 'session/prompt',
            params: { sessionId, prompt: [{ type: 'text', text: '/env' }] },
          }),
        ],
      },
    ],
    connected: /aiven-cmk \(connected\)/,
    // With a model of one's own, it needs no login; this one is never asked.
    env: {
      COPILOT_OFFLINE: 'true',
      COPILOT_MODEL: 'none',
      COPILOT_PROVIDER_TYPE: 'openai',
      COPILOT_PROVIDER_BASE_URL: 'http://127.0.0.1:9/v1',
    },
  },
];
