import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type ParseError, parse as parseJsonc } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';

/** What `docs/clients.md` shows between two fences, and the section it stands in. */
export interface Snippet {
  readonly section: string;
  readonly language: string;
  readonly text: string;
  readonly title: string;
}

/** A process that a client starts, or an address to which it connects, with what the client fills in still to come. */
export type Entry =
  | { readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> };

export const DOCUMENT = readFileSync('docs/clients.md', 'utf8');

/** Every snippet, in order. */
export const SNIPPETS: readonly Snippet[] = DOCUMENT.split(/^## /m).flatMap((part) => {
  const section = part.split('\n', 1)[0] ?? '';
  return [...part.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = ''], index) => ({
    section,
    language,
    text,
    title: `${section}, snippet ${index + 1}`,
  }));
});

/** How a client spells its file, by section, and what it fills in; the group is the name of an input or a variable. */
const CLIENTS: Readonly<Record<string, { servers: string; url?: string; fills?: RegExp }>> = {
  'VS Code': { servers: 'servers', url: 'url', fills: /\$\{input:([\w-]+)\}/g },
  Cursor: { servers: 'mcpServers', url: 'url', fills: /\$\{env:(\w+)\}/g },
  'Claude Code': { servers: 'mcpServers', url: 'url', fills: /\$\{(\w+)\}/g },
  'Claude Desktop': { servers: 'mcpServers' },
  Windsurf: { servers: 'mcpServers', url: 'serverUrl', fills: /\$\{env:(\w+)\}/g },
  Zed: { servers: 'context_servers', url: 'url' },
  JetBrains: { servers: 'mcpServers', url: 'url', fills: /<([\w ]+)>/g }, // By hand.
  Codex: { servers: 'mcp_servers', url: 'url', fills: /⟨(\w+)⟩/g }, // As toEntry() writes variables that it takes by name.
  'Gemini CLI': { servers: 'mcpServers', url: 'httpUrl', fills: /\$\{(\w+)\}/g },
  opencode: { servers: 'mcp', url: 'url', fills: /\{env:(\w+)\}/g },
  'Copilot CLI': { servers: 'mcpServers', url: 'url', fills: /\$\{(\w+)\}/g },
  Windows: { servers: 'mcpServers' },
  Settings: { servers: 'mcpServers' },
};

/** A snippet as its client reads it: the whole file, and every server in it. */
export function read({ section, language, text }: Snippet): {
  file: Record<string, unknown>;
  servers: Record<string, Entry>;
} {
  if (language === 'sh') return { file: {}, servers: fromShell(text) };
  const { servers: key, url } = clientOf(section);
  const file = language === 'toml' ? parseToml(text) : fromJson(text);
  const servers = Object.entries(Object(file[key])).map(([name, value]) => [name, toEntry(Object(value), url)]);
  return { file, servers: Object.fromEntries(servers) };
}

function clientOf(section: string) {
  const client = CLIENTS[section];
  if (!client) throw new Error(`No client is known as ${section}.`);
  return client;
}

/** An entry with every text filled in as the client of the section does. */
export function fill<T>(value: T, { section }: Snippet, lookUp: (name: string) => string): T {
  const pattern = clientOf(section).fills;
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return pattern ? node.replace(pattern, (_, name: string) => lookUp(name)) : node;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item)]));
  };
  return walk(value) as T; // The same shape, with other texts.
}

function fromJson(text: string): Record<string, unknown> {
  const errors: ParseError[] = [];
  const value = parseJsonc(text, errors);
  if (errors.length > 0) throw new Error(`Not JSON: ${text}`);
  return value;
}

/** The server that `claude mcp add NAME … --env K=V -- COMMAND ARGS` adds, with the words as a real shell splits them. */
function fromShell(text: string): Record<string, Entry> {
  const script = `claude() { printf '%s\\n' "$@"; }\n${text}`;
  const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
  const [mcp, add, name = ''] = words;
  const end = words.indexOf('--');
  const [command = '', ...args] = words.slice(end + 1);
  if (mcp !== 'mcp' || add !== 'add' || end < 0) throw new Error(`Not 'claude mcp add': ${text}`);
  const pairs = words
    .slice(3, end)
    .flatMap((word, index, all) => (all[index - 1] === '--env' ? [word.split('=')] : []));
  return { [name]: { command, args, env: Object.fromEntries(pairs) } };
}

/** One server, out of the several spellings. */
function toEntry(value: Record<string, unknown>, key = ''): Entry {
  const url = value[key];
  if (typeof url === 'string') {
    const bearer = value.bearer_token_env_var;
    const headers = bearer === undefined ? value.headers : { Authorization: `Bearer ⟨${bearer}⟩` };
    return { url, headers: (headers ?? {}) as Record<string, string> };
  }
  const [command, ...args] = Array.isArray(value.command) ? value.command : [value.command, ...asArray(value.args)];
  const named = Object.fromEntries(asArray(value.env_vars).map((name) => [name, `⟨${name}⟩`]));
  return {
    command: String(command),
    args: args.map(String),
    env: { ...named, ...Object(value.env ?? value.environment) },
  };
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
