import type { Context, Hono } from 'hono';
import { CmkError } from '../../../core/errors.ts';
import { shownDigestOf } from '../../../guard/approval/plan.ts';
import type { HttpEnv } from '../http-env.ts';
import type { ApprovalRoutesOptions } from './options.ts';
import type { RequestAction, Session, Sessions } from './session.ts';
import { readSignedForm } from './signed-form.ts';
import type { FormState } from './views/decision-forms.ts';
import { messagePage, type SignedIn, signInLink, signInPage } from './views/layout.ts';
import { listPage, replicaHint } from './views/list-view.ts';
import { requestPage } from './views/request-view.ts';

type Options = Pick<ApprovalRoutesOptions, 'decisions' | 'signIn' | 'storeName'>;

/** Adds the routes that show requests and take decisions about them. */
export function addRequestRoutes(app: Hono<HttpEnv>, options: Options, sessions: Sessions): void {
  const { decisions, signIn, storeName } = options;
  const signedIn = (session: Session): SignedIn => ({
    name: session.person.name,
    signOutNonce: sessions.nonceOf(session, 'sign-out'),
  });

  app.get('/', async (context) => {
    const session = await sessions.cookie.read(context);
    if (!session) return context.html(signInPage());
    const hint = storeName === 'memory' ? replicaHint() : '';
    return context.html(listPage(await decisions.list(session.person), signedIn(session), hint));
  });

  app.get('/:id', async (context) => {
    const id = context.req.param('id');
    const session = await sessions.cookie.read(context);
    return session ? show(context, id, session) : context.html(signInPage(id));
  });

  app.post('/:id/:action{approve|decline}', async (context) => {
    const id = context.req.param('id');
    const action = context.req.param('action') === 'approve' ? 'approve' : 'decline';
    const form = await readSignedForm(context, sessions, action, id);
    if (form instanceof Response) return form;
    const { session, fields, shown } = form;
    if (!signIn.isFresh(session.person)) {
      const text = 'A decision takes a sign-in of just now. Nothing was done.';
      const link = signInLink('Sign in again to decide', id);
      return context.html(messagePage('Sign in again', text, link, signedIn(session)), 403);
    }
    const { confirm, reason } = fields;
    const ballot = { decision: action, confirm, reason, shown } as const;
    return answer(context, id, session, decisions.vote(id, session.person, ballot), { [action]: reason });
  });

  app.post('/:id/withdraw', async (context) => {
    const id = context.req.param('id');
    const form = await readSignedForm(context, sessions, 'withdraw', id);
    if (form instanceof Response) return form;
    return answer(context, id, form.session, decisions.withdraw(id, form.session.person));
  });

  /** Shows the request as it is after a form, by a GET, or else why the form was refused. */
  async function answer(
    context: Context,
    id: string,
    session: Session,
    done: Promise<unknown>,
    reasons?: FormState['reasons'],
  ) {
    const refusal = await done.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal === undefined) return context.redirect(`/approvals/${encodeURIComponent(id)}`, 303);
    if (!(refusal instanceof CmkError)) throw refusal;
    return show(context, id, session, { error: refusal, reasons });
  }

  /** Shows a request as it is now. @throws CmkError `approval_unavailable` where the store cannot be reached. */
  async function show(
    context: Context,
    id: string,
    session: Session,
    { error, reasons }: { error?: CmkError; reasons?: FormState['reasons'] } = {},
  ): Promise<Response> {
    const viewed = await decisions.get(id, session.person);
    if (!viewed) {
      const hint = storeName === 'memory' ? replicaHint() : '';
      const text = 'There is no such request, or you may not see it. A request is kept for an hour after its end.';
      return context.html(messagePage('Not found', text, hint, signedIn(session)), 404);
    }
    const form = {
      nonceOf: (action: RequestAction) => sessions.nonceOf(session, action, id, shownDigestOf(viewed.record)),
      isFresh: signIn.isFresh(session.person),
      ...(error && { error: error.message }),
      ...(error?.code === 'approval_wrong_id' && { field: 'confirm' as const }),
      ...(reasons && { reasons }),
    };
    return context.html(requestPage(viewed, form, signedIn(session)), error ? statusOf(error) : 200);
  }
}

/** 503 for what may work later: no record could be written, or what will happen could not be read again. */
function statusOf({ code }: CmkError): 409 | 422 | 503 {
  if (code === 'approval_wrong_id') return 422;
  const later = ['audit_failed', 'api_error', 'api_timeout', 'api_unreachable', 'rate_limited'];
  return later.includes(code) ? 503 : 409;
}
