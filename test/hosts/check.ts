/** Has each client that npm carries read its snippets of docs/clients from its own file, and connect. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { installed } from '../fixtures/installed.ts';
import { SNIPPETS } from '../fixtures/snippets.ts';
import { CLIENTS, type HostedClient } from './clients.ts';
import { recordCommands, recordHttp } from './record.ts';
import { run } from './run.ts';

const TOKEN = 'check-token-0123456789';
const TEAM_TOKEN = 'check-team-token';
const TEAM_URL = 'https://cmk.example.com';
const TOOLS = 6;
const here = await installed('.');
const place = mkdtempSync(join(tmpdir(), 'aiven-cmk-hosts-'));
/** What a snippet may start: the command of the package, or npx once it is published. */
const programs = {
  'aiven-cmk-mcp': join(here.folder, 'node_modules/.bin/aiven-cmk-mcp'),
  npx: join(dirname(process.execPath), 'npx'),
};
const print = (line: string) => process.stdout.write(`${line}\n`);

const tokens = join(place, 'tokens');
writeFileSync(tokens, `check cmk:read,cmk:write,cmk:delete ${createHash('sha256').update(TEAM_TOKEN).digest('hex')}\n`);
const team = spawn('aiven-cmk-mcp', ['--sandbox', '--http', '0'], {
  env: { ...here.env, AIVEN_CMK_HTTP_TOKENS_FILE: tokens },
});
const [line] = await once(createInterface(team.stderr), 'line');
const origin = /http:\/\/\S+(?=\/mcp)/.exec(String(line))?.[0] ?? '';

print(
  '| client | version | snippet | reads it | token arrives | connects | protocol | tools |\n|---|---|---|---|---|---|---|---|',
);
let passed = 0;
let failed = 0;
for (const client of CLIENTS) {
  const manifest = join(import.meta.dirname, 'node_modules', client.from, 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const take of client.takes) {
    const { title, reads, connects, token, seen, printed } = await check(client, take);
    const good = reads && connects && token && seen.tools === (client.lists === false ? 0 : TOOLS);
    if (good) passed += 1;
    else failed += 1;
    const words = [reads, token, connects].map((yes) => (yes ? 'yes' : 'NO'));
    print(`| ${[client.from, version, title, ...words, seen.protocol, seen.tools || '-'].join(' | ')} |`);
    if (!good) print(`${printed.trim()}\n`);
  }
}
team.kill();
await once(team, 'exit');
rmSync(place, { recursive: true, force: true });
print(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Gives a client one snippet in a home of its own, runs its commands, and looks what it did. */
async function check(client: HostedClient, [section, index, file]: HostedClient['takes'][number]) {
  const snippet = SNIPPETS.filter((each) => each.section === section)[index];
  if (!snippet) throw new Error(`docs/clients has no snippet ${index + 1} for ${section}.`);
  const home = mkdtempSync(join(place, 'home-'));
  const bin = join(home, 'bin');
  const cwd = join(home, 'project');
  mkdirSync(cwd);
  const commandSeen = recordCommands(bin, programs, here.folder);
  const door = await recordHttp(origin);
  const remote = snippet.text.includes(TEAM_URL);
  const text = snippet.text.replaceAll(TEAM_URL, door.origin);
  const env = environment(client, home, bin);

  if (client.agreed) put(home, ...client.agreed(cwd));
  let output = '';
  if (file !== '') put(home, file, text);
  else {
    put(bin, text.split(' ', 1)[0] ?? '', `#!/bin/sh\nexec '${client.program.join("' '")}' "$@"\n`);
    output += await run(['sh', '-c', text], { cwd, env });
  }
  for (const { args, asks } of client.runs) {
    const command = [...client.program, ...args.map((arg) => (arg === file ? join(home, file) : arg))];
    output += await run(command, { cwd, env, ...(asks && { asks: asks(cwd) }) });
  }
  door.server.closeAllConnections();
  door.server.close();

  const printed = stripVTControlCharacters(output);
  const seen = remote ? door.seen() : commandSeen();
  return {
    title: snippet.title,
    reads: printed.includes(remote ? `${door.origin}/mcp` : 'aiven-cmk-mcp'),
    connects: client.connected.test(printed),
    token: seen.token === (remote ? TEAM_TOKEN : TOKEN),
    seen,
    printed,
  };
}

function put(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text, { mode: 0o755 });
}

/** What a person's shell would hand to the client; only loopback can be reached from it. */
function environment(client: HostedClient, home: string, bin: string): Record<string, string> {
  return {
    ...here.env,
    HOME: home,
    PATH: `${bin}:${here.env.PATH}`,
    AIVEN_TOKEN: TOKEN,
    CMK_MCP_TOKEN: TEAM_TOKEN,
    DO_NOT_TRACK: '1',
    DISABLE_TELEMETRY: '1',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost',
    ...client.env,
  };
}
