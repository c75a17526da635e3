import type { Context } from 'hono';
import { type Fields, readFields } from './form.ts';
import type { Action, Session, Sessions } from './session.ts';
import { messagePage, signInLink } from './views/layout.ts';

/** Returns who sent a form of this page and what it holds, or the response that refuses it. */
export async function readSignedForm(
  context: Context,
  sessions: Sessions,
  action: Action,
  requestId?: string,
): Promise<{ readonly session: Session; readonly fields: Fields; readonly shown: string } | Response> {
  const session = await sessions.cookie.read(context);
  if (!session) {
    const text = 'You are not signed in any more. Nothing was done.';
    return context.html(messagePage('Sign in again', text, signInLink('Sign in', requestId)), 403);
  }
  const fields = await readFields(context.req.raw);
  if ('status' in fields) return context.html(messagePage('Not accepted', fields.text), fields.status);
  const shown = sessions.shownWith(fields.nonce, session, action, requestId);
  if (shown === undefined) {
    const text = 'The form is not of this sign-in. Nothing was done. Open the request again and send the form anew.';
    return context.html(messagePage('Not accepted', text), 403);
  }
  return { session, fields, shown };
}
