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
];

interface Client {
  readonly adapter?: string;
  readonly variant?: string;
  readonly light?: boolean;
  readonly transports?: readonly Transport[];
  readonly speaks: string;
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
    speaks,
    asks: asks.includes(transport),
  }));
}
