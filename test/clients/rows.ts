type Transport = 'stdio' | 'http';

/** What a client does over one transport. Versions of clients are pinned, so neither value changes by itself. */
export interface Row {
  readonly client: string;
  /** The file of the adapter, without its ending. */
  readonly adapter: string;
  /** The package whose version the table shows. */
  readonly package: string;
  readonly variant?: string;
  /** Belongs to the subset that installs quickly. */
  readonly light: boolean;
  readonly transport: Transport;
  /** The protocol revision that its calls are made in. */
  readonly speaks: string;
  /** Whether it can ask its human. Where it cannot, the adapter's first comment says why. */
  readonly asks: boolean;
  /** Whether its server can have an approval page, which is served over HTTP only. */
  readonly page: boolean;
}

const OLDER = '2025-11-25';
const NEWER = '2026-07-28';

export const ROWS: readonly Row[] = [
  ...both('sdk-1', '@modelcontextprotocol/sdk', { speaks: OLDER, asks: ['stdio'], light: true }),
  ...['legacy', 'auto', 'pinned'].flatMap((variant) =>
    both(`sdk-2-${variant}`, '@modelcontextprotocol/client', {
      adapter: 'sdk-2',
      variant,
      speaks: variant === 'legacy' ? OLDER : NEWER,
      asks: variant === 'legacy' ? ['stdio'] : ['stdio', 'http'],
      light: true,
    }),
  ),
  ...both('inspector', '@modelcontextprotocol/inspector', { variant: 'legacy', speaks: OLDER, light: true }),
  ...both('inspector-modern', '@modelcontextprotocol/inspector', {
    adapter: 'inspector',
    variant: 'modern',
    speaks: NEWER,
  }),
  ...both('ai-sdk', '@ai-sdk/mcp', { speaks: NEWER, asks: ['stdio', 'http'], light: true }),
  ...both('mcp-remote', 'mcp-remote', { variant: 'legacy', transports: ['http'], speaks: OLDER, light: true }),
  ...both('mcp-remote-auto', 'mcp-remote', {
    adapter: 'mcp-remote',
    variant: 'auto',
    transports: ['http'],
    speaks: NEWER,
    asks: ['http'],
    light: true,
  }),
  ...both('openai-agents', '@openai/agents', { speaks: NEWER }),
  ...both('langchain', '@langchain/mcp-adapters', { speaks: OLDER }),
  ...both('google-genai', '@google/genai', { speaks: OLDER, asks: ['stdio'] }),
  ...both('mastra', '@mastra/mcp', { speaks: NEWER, asks: ['stdio', 'http'] }),
  ...both('genkit', '@genkit-ai/mcp', { speaks: OLDER }),
  ...both('cline', '@cline/core', { speaks: { stdio: '2024-11-05', http: OLDER } }),
  ...both('gemini-cli', '@google/gemini-cli-core', { speaks: '2025-06-18' }),
];

interface Client {
  readonly adapter?: string;
  readonly variant?: string;
  readonly light?: boolean;
  readonly transports?: readonly Transport[];
  readonly speaks: string | Readonly<Record<Transport, string>>;
  readonly asks?: readonly Transport[];
}

function both(client: string, name: string, settings: Client): Row[] {
  const { adapter = client, variant, light = false, transports = ['stdio', 'http'], speaks, asks = [] } = settings;
  return transports.map((transport) => ({
    client,
    adapter,
    package: name,
    ...(variant && { variant }),
    light,
    transport,
    speaks: typeof speaks === 'string' ? speaks : speaks[transport],
    asks: asks.includes(transport),
    page: transport === 'http',
  }));
}
