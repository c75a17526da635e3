import { Hono } from 'hono';
import { within } from '../../../core/within.ts';
import type { Decisions } from '../../../guard/approval/decisions.ts';
import type { HttpEnv } from '../http-env.ts';
import { listen } from '../listen.ts';
import { signInWithCode } from './code-sign-in.ts';
import type { OneTimeCodes } from './one-time-codes.ts';
import { createApprovalRoutes } from './routes.ts';

const HOST = '127.0.0.1';

/** Maximum number of open connections: one browser has six. */
const CONNECTIONS = 32;

/** Maximum time for a request to arrive, in milliseconds. */
const REQUEST_MS = 10_000;

/** Maximum time to send the last responses when the page closes, in milliseconds. */
const SEND_MS = 500;

/** What the page uses. */
export interface LoopbackOptions {
  readonly decisions: Decisions;
  readonly codes: OneTimeCodes;
  /** Signs the cookies of sessions and the nonces of forms. */
  readonly sessionKey: Uint8Array;
  /** How long a session lasts, in seconds. */
  readonly sessionS: number;
  readonly log: (line: string) => void;
}

/** The approval page on this machine. */
export interface LoopbackServer {
  readonly origin: string;
  /** Stops to listen. Resolves when all connections are closed. */
  close(): Promise<void>;
}

/** Serves the approval page on a free port of 127.0.0.1, for browsers of this machine. @throws CmkError `invalid_settings` */
export async function startLoopbackServer(options: LoopbackOptions): Promise<LoopbackServer> {
  const { decisions, codes, sessionKey, sessionS, log } = options;
  let app = new Hono<HttpEnv>();
  const listener = await listen((request, env) => app.fetch(request, env), {
    flag: 'the approval page',
    address: { host: HOST, port: 0 },
    timeoutMs: REQUEST_MS,
    connections: CONNECTIONS,
    log,
  });
  const { origin } = listener;
  const { host, port } = new URL(origin);
  const routes = createApprovalRoutes({
    decisions,
    signIn: signInWithCode(codes),
    sessionKey,
    // Cookies of a host go to all its ports, and another server may have a page of its own.
    session: { name: `cmk-approvals-${port}`, seconds: sessionS },
    publicOrigin: origin,
    log,
    storeName: 'own',
  });
  app = new Hono<HttpEnv>()
    .use(async (context, next) => {
      // Any other name was made to point here by somebody else (DNS rebinding).
      return context.req.header('host') === host ? next() : context.text('Not a name of this page.', 403);
    })
    .route('/approvals', routes);
  return {
    origin,
    async close() {
      const drained = listener.drain();
      await within(SEND_MS, drained);
      listener.destroy();
      await drained;
    },
  };
}
