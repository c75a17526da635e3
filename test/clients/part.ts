import { fork } from 'node:child_process';
import { join } from 'node:path';
import { openPageEnv } from '../fixtures/page-env.ts';
import { FOLDER } from './folder.ts';
import { approve } from './person.ts';
import { spoken } from './recorder.ts';
import type { Row } from './rows.ts';
import { openStage } from './stage.ts';

/** The longest a client may take for one part, in milliseconds. The command line of one starts a process for each call. */
const LIMIT_MS = 90_000;

/** What came of one part: a failure, or undefined for none, by step; and the protocol versions of its calls. */
export interface Outcome {
  readonly steps: ReadonlyMap<string, string | undefined>;
  readonly speaks: string;
}

type Sent =
  | { readonly step: string; readonly failure?: string }
  | { readonly done: true }
  /** The page on which the person is asked to approve. */
  | { readonly url: string; readonly target: string };

/** The person who owns the clients' credential, and decides on the page. */
const OWNER = 'ann';

/**
 * Plays one part of a client, in a process of its own: a round of all tools and refusals, or a deletion that a human must
 * approve, through the client or on the server's page.
 */
export async function play(row: Row, part: 'round' | 'approval' | 'page'): Promise<Outcome> {
  const page = part === 'page' ? await openPageEnv('agent', OWNER) : undefined;
  const flags = part === 'approval' ? ['--approval', 'required'] : [];
  const stage = await openStage(row.transport, { flags, ...(page && { page }) });
  const { adapter, variant, asks } = row;
  const start = { part, adapter: `./${adapter}.mjs`, variant, asks, api: stage.api, ...stage.start };
  const child = fork(join(FOLDER, 'play.mjs'), [JSON.stringify(start)], {
    cwd: FOLDER,
    env: environment(stage.home),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true, // A group of its own, so that what it started ends with it.
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (output = `${output}${chunk}`.slice(-2_000)));
  const steps = new Map<string, string | undefined>();
  let done = false;
  child.on('message', (sent: Sent) => {
    if ('done' in sent) done = true;
    else if ('url' in sent) {
      approve(sent.url, OWNER, sent.target).then(
        () => child.send({}),
        (error: unknown) => child.send({ failure: String(error) }),
      );
    } else steps.set(sent.step, sent.failure);
  });
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    end(child.pid);
  }, LIMIT_MS);
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  clearTimeout(limit);
  end(child.pid);
  if (!done) steps.set('ended', `${late ? `not within ${LIMIT_MS} ms` : 'before its end'}; last output: ${output}`);
  const speaks = spoken(stage.lines());
  await stage.close();
  await page?.close();
  return { steps, speaks };
}

function end(group: number | undefined): void {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL');
  } catch {
    // Nothing of it runs any more.
  }
}

/** Only what a process needs: no credentials of this machine, and nothing reported to anybody. */
function environment(home: string): Record<string, string> {
  const silence = ['DO_NOT_TRACK', 'OPENAI_AGENTS_DISABLE_TRACING', 'MASTRA_TELEMETRY_DISABLED', 'NO_UPDATE_NOTIFIER'];
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    ...Object.fromEntries(silence.map((name) => [name, '1'])),
  };
}
