import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { PageEnv } from '../fixtures/page-env.ts';
import { FOLDER } from './folder.ts';
import { type Line, type Recorder, startRecorder } from './recorder.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** How a client reaches the server: a command to start, or a URL. */
export interface Start {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly url?: string;
  /** What the client sends to the URL beside its requests: a credential, where the server needs one. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server with a fresh sandbox behind it, for one client, and a record of what they say to each other. */
export interface Stage {
  readonly start: Start;
  /** Where the sandbox itself answers. */
  readonly api: string;
  /** An empty folder for what the client stores. */
  readonly home: string;
  lines(): readonly Line[];
  close(): Promise<void>;
}

/** How the server of a stage is started. */
interface Options {
  readonly flags?: readonly string[];
  /** With an approval page; over HTTP only. */
  readonly page?: PageEnv;
}

/**
 * The sandbox is a process of its own, so that its keys outlive a client that starts a server for each call.
 */
export async function openStage(transport: 'stdio' | 'http', { flags = [], page }: Options = {}): Promise<Stage> {
  const home = mkdtempSync(join(tmpdir(), 'aiven-cmk-clients-'));
  const children: ChildProcess[] = [];
  const listen = async (args: string[], from: 'stdout' | 'stderr', env = {}) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env });
    children.push(child);
    return firstOrigin(child[from]);
  };
  const api = await listen(['sandbox', '--port', '0'], 'stdout');
  // Without a desktop, so that no browser opens on the machine of whoever runs this.
  const env = { AIVEN_TOKEN: 'sandbox-token', AIVEN_API_ORIGIN: api, CI: 'true' };
  let recorder: Recorder | undefined;
  const record = join(home, 'wire');
  if (transport === 'http') {
    const args = page?.args ?? ['--http', '0', '--insecure-no-sign-in'];
    recorder = await startRecorder(await listen([...args, ...flags], 'stderr', { ...env, ...page?.env }));
  }
  const local = { command: process.execPath, args: [join(FOLDER, 'tee.mjs'), record, PROGRAM, ...flags], env };
  const headers: Record<string, string> = page ? { authorization: `Bearer ${page.token}` } : {};
  return {
    start: recorder ? { url: recorder.url, headers } : local,
    api,
    home,
    lines: () => recorder?.lines ?? read(record),
    async close() {
      recorder?.close();
      const ended = children.map((child) => once(child, 'exit'));
      for (const child of children) child.kill();
      await Promise.all(ended);
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The address in the first line that has one. The rest is read, too, so that the process is not held up. */
async function firstOrigin(stream: Readable): Promise<string> {
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    createInterface(stream)
      .on('line', (line) => {
        seen.push(line);
        const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (origin) resolve(origin);
      })
      .on('close', () => reject(new Error(`It listens nowhere: ${seen.join('\n')}`)));
  });
}

function read(record: string): Line[] {
  if (!existsSync(record)) return [];
  const lines = readFileSync(record, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}
