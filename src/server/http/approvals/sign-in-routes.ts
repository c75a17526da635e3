import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import * as z from 'zod';
import { sanitize } from '../../../core/sanitize.ts';
import type { PageSignInResult } from '../../../telemetry/observer.ts';
import { networkOf, remoteAddress } from '../address.ts';
import { reasonOf } from '../auth/sign-in-error.ts';
import type { HttpEnv } from '../http-env.ts';
import type { Sessions } from './session.ts';
import type { Attempt, PageSignIn } from './sign-in.ts';
import type { SignInMethod } from './sign-in-method.ts';
import { SignedCookie } from './signed-cookie.ts';
import { messagePage, signInLink } from './views/layout.ts';

/** How long a person may take at the issuer, in seconds. */
const ATTEMPT_S = 600;

/**
 * Maximum number of sign-ins that one address may start and finish in a minute, together: each may be a request to the issuer
 * and a line of the log. The address may be a proxy's, behind which all people are.
 */
const PER_MINUTE = 300;

/** A sign-in under way, and the request to which it leads. */
const UnderWay = z.object({
  attempt: z.object({ state: z.string(), nonce: z.string(), codeVerifier: z.string() }) satisfies z.ZodType<Attempt>,
  requestId: z.string().optional(),
});

/** What sign-in with the issuer takes. */
interface Options {
  readonly signIn: PageSignIn;
  /** Signs the cookies of sign-ins under way. */
  readonly signInKey: Uint8Array;
  /** The origin at which browsers see the page. */
  readonly publicOrigin: string;
  readonly log: (line: string) => void;
  /** Counts sign-ins by their end. */
  readonly onSignIn?: ((result: PageSignInResult) => void) | undefined;
}

/** Lets people sign in with the issuer. */
export function signInWithIssuer(options: Options): SignInMethod {
  const { isFresh } = options.signIn;
  return { isFresh, addRoutes: (app, sessions) => addSignInRoutes(app, options, sessions) };
}

function addSignInRoutes(
  app: Hono<HttpEnv>,
  { signIn, signInKey, publicOrigin, log, onSignIn }: Options,
  sessions: Sessions,
): void {
  const secure = publicOrigin.startsWith('https:');
  const cookie = new SignedCookie({
    name: 'cmk-sign-in',
    key: signInKey,
    seconds: ATTEMPT_S,
    secure,
    schema: UnderWay,
  });
  const limiter = new RateLimiterMemory({ points: PER_MINUTE, duration: 60 });

  const limit: MiddlewareHandler<HttpEnv> = async (context, next) => {
    const full = await limiter.consume(networkOf(remoteAddress(context.env.incoming))).then(
      () => undefined,
      (refusal: RateLimiterRes) => refusal,
    );
    if (!full) return next();
    context.header('Retry-After', String(Math.ceil(full.msBeforeNext / 1_000)));
    return context.html(messagePage('Sign-in failed', 'Too many sign-ins. Try again in a minute.'), 429);
  };

  // By GET: a form could not lead to the issuer (Content-Security-Policy, form-action).
  app.get('/sign-in', limit, async (context) => {
    const requestId = requestIdIn(context.req.query('return'));
    try {
      const { url, attempt } = await signIn.begin();
      await cookie.write(context, { attempt, ...(requestId !== undefined && { requestId }) });
      return context.redirect(url.href);
    } catch (error) {
      return showFailure(context, error, requestId);
    }
  });

  app.get('/callback', limit, async (context) => {
    const underWay = await cookie.read(context);
    cookie.clear(context);
    if (!underWay) {
      const text = 'This browser has no sign-in under way. It may have taken too long.';
      return context.html(messagePage('Sign-in failed', text, signInLink('Sign in')), 403);
    }
    const { attempt, requestId } = underWay;
    try {
      const person = await signIn.finish(new URL(context.req.url).searchParams, attempt);
      await sessions.cookie.write(context, sessions.create(person));
    } catch (error) {
      return showFailure(context, error, requestId);
    }
    onSignIn?.('signed_in');
    return context.redirect(requestId === undefined ? '/approvals' : `/approvals/${requestId}`, 303);
  });

  /** The page says no more than that it failed: what the issuer says may come from anybody. */
  function showFailure(context: Context, error: unknown, requestId: string | undefined) {
    if (!(error instanceof OAuthError)) throw error;
    log(`a sign-in on the approval page failed: ${sanitize(reasonOf(error))}`);
    const link = signInLink('Try again', requestId);
    onSignIn?.(error.code === OAuthErrorCode.ServerError ? 'issuer_failed' : 'refused');
    if (error.code === OAuthErrorCode.ServerError) {
      return context.html(messagePage('Sign-in failed', 'The issuer cannot be reached.', link), 503);
    }
    return context.html(messagePage('Sign-in failed', 'The issuer did not confirm this sign-in.', link), 403);
  }
}

/** Returns the id of a request to come back to; undefined for anything else, which is nowhere to lead to. */
function requestIdIn(given: string | undefined): string | undefined {
  return given !== undefined && /^[\w-]{22}$/.test(given) ? given : undefined;
}
