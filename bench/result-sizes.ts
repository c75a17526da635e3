import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import type { Program } from './child.ts';
import { measureFirstResults, OUR_STDIO, type StdioServer, SUPABASE_STDIO } from './first-result.ts';
import { number, table } from './table.ts';

/** Numbers of entries that are listed. */
const COUNTS = [4, 1_000] as const;

/** A server's list of a number of entries. */
interface Listing {
  readonly title: string;
  readonly entries: number;
  readonly server: StdioServer;
  /** Returns how many entries a text shows. */
  readonly shown: (text: string) => number;
}

/**
 * Measures results of lists and returns them as a table in Markdown: of this server, of Supabase's, and of the filesystem server
 * that a function starts with a folder. @throws Error if a server fails.
 */
export async function resultSizes(filesystem: (folder: string) => Program): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'aiven-cmk-files-'));
  try {
    const listings = COUNTS.flatMap((entries) => [ours(entries), supabase(entries), files(root, entries, filesystem)]);
    const { starts } = await measureFirstResults(
      listings.map(({ server }) => server),
      1,
    );
    const rows = listings.map((listing, index) => {
      const start = starts[index] ?? new Error('not started');
      if (start instanceof Error) throw start;
      return row(listing, start.result);
    });
    const head = ['list', 'entries', 'shown', 'result, bytes', 'its text, tokens', 'tokens an entry shown'];
    return table(head, rows);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function row({ title, entries, shown }: Listing, result: Record<string, unknown>): string[] {
  const { content = [] } = result as { content?: readonly { readonly text?: string }[] }; // What the protocol says.
  const text = content.map((part) => part.text ?? '').join('\n');
  const tokens = encode(text).length;
  const bytes = Buffer.byteLength(JSON.stringify(result));
  return [title, number(entries), number(shown(text)), number(bytes), number(tokens), number(tokens / shown(text), 1)];
}

function ours(entries: number): Listing {
  const project = entries === 4 ? 'bench' : `keys-${entries}`;
  return {
    title: 'aiven-cmk-mcp, `aiven_cmk_list`, keys of seven fields',
    entries,
    server: { ...OUR_STDIO, args: { project } },
    shown: (text) => (JSON.parse(text) as { cmks: object[] }).cmks.length,
  };
}

function supabase(entries: number): Listing {
  const base = entries === 4 ? '' : `/keys-${entries}`;
  return {
    title: 'Supabase, `list_organizations`, of three fields',
    entries,
    server: { ...SUPABASE_STDIO, program: (api) => SUPABASE_STDIO.program(`${api}${base}`) },
    shown: (text) => (JSON.parse(text) as { organizations: object[] }).organizations.length,
  };
}

function files(root: string, entries: number, program: (folder: string) => Program): Listing {
  const folder = join(root, String(entries));
  mkdirSync(folder);
  for (let index = 0; index < entries; index += 1) {
    writeFileSync(join(folder, `12345678-1234-4234-8234-${String(index).padStart(12, '0')}`), '');
  }
  return {
    title: 'filesystem, `list_directory`, a name and its kind',
    entries,
    server: { program: () => program(folder), tool: 'list_directory', args: { path: folder } },
    shown: (text) => text.split('\n').length,
  };
}
