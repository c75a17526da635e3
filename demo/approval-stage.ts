import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Page } from 'playwright-core';
import { startBrowser } from '../test/fixtures/browser.ts';
import { Output } from '../test/fixtures/output.ts';
import { openPageEnv } from '../test/fixtures/page-env.ts';

const PROGRAM = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** The person who owns the agent's credential. */
export const PERSON = 'ann';

/** The keys of the sandbox that nothing uses. */
export const KEYS = { old: '44444444-4444-4444-8444-444444444444', other: '33333333-3333-4333-8333-333333333333' };

/** Where a person decides, as the error of a call says. */
export interface Pending {
  readonly id: string;
  readonly url: string;
}

/** The result of a call, as its structured content says. */
export interface Deletion {
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly approval?: Pending;
  };
  readonly approval?: string;
  readonly approved_by?: readonly string[];
}

/** An issuer, the built server over HTTP with its sandbox and an approval page, an agent's client, and a browser. */
export interface ApprovalStage {
  readonly issuer: string;
  readonly origin: string;
  readonly output: Output;
  /** Calls `aiven_cmk_delete`, which reports its progress while it waits for the decision. */
  remove(id: string, onprogress?: (message: string) => void): Promise<Deletion>;
  /** Opens the browser of a person who has not signed in yet. */
  browse(): Promise<Page>;
  close(): Promise<void>;
}

/** Starts all of it. @throws Error if Chromium is not installed */
export async function openApprovalStage(): Promise<ApprovalStage> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const browser = await startBrowser();
    closing.push(browser.close);
    const page = await openPageEnv('cleanup-agent', PERSON);
    closing.push(page.close);
    const output = new Output();
    const server = spawn(process.execPath, [PROGRAM, '--sandbox', ...page.args], { env: page.env, stdio: 'pipe' });
    server.stderr.on('data', (chunk) => output.add(String(chunk))).once('close', () => output.end());
    closing.push(async () => {
      const exited = once(server, 'exit');
      if (server.kill('SIGTERM')) await exited;
    });
    await output.line('listening on');
    const client = new Client({ name: 'demo', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
    const headers = { authorization: `Bearer ${page.token}` };
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', page.origin), { requestInit: { headers } }));
    closing.push(() => client.close());
    return {
      issuer: page.env.AIVEN_CMK_OIDC_ISSUER ?? '',
      origin: page.origin,
      output,
      async remove(id, onprogress = () => {}) {
        const { structuredContent } = await client.callTool(
          { name: 'aiven_cmk_delete', arguments: { project: 'sandbox', cmk_id: id, confirm_cmk_id: id } },
          { onprogress: ({ message = '' }) => onprogress(message) },
        );
        return structuredContent as Deletion; // The SDK's client knows of it only that it is an object.
      },
      browse: () => browser.open(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Returns where the person decides. @throws Error unless the call waits for that */
export function pendingOf({ error }: Deletion): Pending {
  if (error?.code !== 'approval_pending' || !error.approval) throw new Error(`Not pending: ${JSON.stringify(error)}`);
  return error.approval;
}
