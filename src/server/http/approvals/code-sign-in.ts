import { RateLimiterMemory } from 'rate-limiter-flexible';
import { ANONYMOUS } from '../../../core/caller.ts';
import { readForm } from './form.ts';
import type { OneTimeCodes, Redeemed } from './one-time-codes.ts';
import type { SignInMethod } from './sign-in-method.ts';
import { CODE_SCRIPT, codePage } from './views/code-view.ts';
import { messagePage } from './views/layout.ts';

/** Maximum number of codes that are read in a minute. */
const PER_MINUTE = 10;

/** The name of who signs in with a code: the server knows no other. */
const LOCAL_USER = 'local user';

const REFUSALS: Readonly<Record<Exclude<Redeemed['kind'], 'ok'>, string>> = {
  unknown: 'This is no code of this server.',
  used: 'This code was used before. If that was not you, decline the request or stop the server.',
  late: 'This code is too old: its request has ended.',
};

/**
 * Signs in who holds a one-time code, as the requester of all calls without sign-in. The session ends with the requests that a
 * process may have pending, so it is fresh as long as it lasts.
 */
export function signInWithCode(codes: OneTimeCodes): SignInMethod {
  const limiter = new RateLimiterMemory({ points: PER_MINUTE, duration: 60 });
  return {
    script: CODE_SCRIPT,
    isFresh: () => true,
    addRoutes(app, sessions) {
      app.get('/sign-in', (context) => context.html(codePage()));

      app.post('/sign-in', async (context) => {
        const isAllowed = await limiter.consume('all').then(
          () => true,
          () => false,
        );
        if (!isAllowed) {
          return context.html(messagePage('Sign-in failed', 'Too many codes. Try again in a minute.'), 429);
        }
        const form = await readForm(context.req.raw);
        if ('status' in form) return context.html(messagePage('Not accepted', form.text), form.status);
        // A person may paste the whole link.
        const code = (form.get('code') ?? '').trim().replace(/^.*#/, '');
        const redeemed = codes.redeem(code);
        if (redeemed.kind !== 'ok') {
          return context.html(messagePage('Sign-in failed', REFUSALS[redeemed.kind]), 403);
        }
        const person = { id: ANONYMOUS, name: LOCAL_USER, scopes: [], authTime: Math.floor(Date.now() / 1_000) };
        await sessions.cookie.write(context, sessions.create(person));
        return context.redirect(`/approvals/${redeemed.requestId}`, 303);
      });
    },
  };
}
