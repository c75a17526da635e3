import { Hono } from 'hono';
import { CmkError } from '../../../core/errors.ts';
import type { HttpEnv } from '../http-env.ts';
import { checkSender } from './form.ts';
import { pageHeaders } from './headers.ts';
import type { ApprovalRoutesOptions } from './options.ts';
import { addRequestRoutes } from './request-routes.ts';
import { Sessions } from './session.ts';
import { readSignedForm } from './signed-form.ts';
import { messagePage } from './views/layout.ts';

/** Creates the routes of the approval page, to be mounted at `/approvals`. A GET changes nothing but its browser's cookies. */
export function createApprovalRoutes(options: ApprovalRoutesOptions): Hono<HttpEnv> {
  const { signIn, session, sessionKey, publicOrigin, log } = options;
  const { script } = signIn;
  const app = new Hono<HttpEnv>();
  app.use(pageHeaders(script === undefined ? undefined : { path: '/approvals/sign-in', script }));
  app.use(async (context, next) => {
    const { headers, method } = context.req.raw;
    if (headers.has('authorization')) {
      // What decides is a person's own sign-in on this page, never a token that a client has.
      const text = 'This page takes no access token, only a sign-in in a browser.';
      return context.html(messagePage('Not for clients', text), 400);
    }
    const refusal = method === 'POST' ? checkSender(context.req.raw, publicOrigin) : undefined;
    return refusal ? context.html(messagePage('Not accepted', refusal.text), refusal.status) : next();
  });
  const sessions = new Sessions(sessionKey, publicOrigin.startsWith('https:'), session);
  signIn.addRoutes(app, sessions);
  app.post('/sign-out', async (context) => {
    const form = await readSignedForm(context, sessions, 'sign-out');
    if (form instanceof Response) return form;
    sessions.cookie.clear(context);
    return context.redirect('/approvals', 303);
  });
  addRequestRoutes(app, options, sessions);
  app.onError((error, context) => {
    // Of what is not handled before, the store alone fails with this code.
    if (error instanceof CmkError && error.code === 'approval_unavailable') {
      const text =
        'The store of requests cannot be reached. Nothing is shown, and nothing can be decided. Try again later.';
      return context.html(messagePage('Not available', text), 503);
    }
    if (!context.env.outgoing.destroyed) log(error.stack ?? error.message);
    return context.html(messagePage('Error', 'The server failed to handle this.'), 500);
  });
  return app;
}
