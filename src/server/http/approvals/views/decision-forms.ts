import { html } from 'hono/html';
import { REASON_MAX, type Viewed } from '../../../../guard/approval/decisions.ts';
import type { RequestAction } from '../session.ts';
import { signInLink } from './layout.ts';
import { exact, type Html } from './text.ts';

/** What the forms of a request's page show beside the request. */
export interface FormState {
  readonly nonceOf: (action: RequestAction) => string;
  /** Whether the person signed in as lately as a decision takes. */
  readonly isFresh: boolean;
  /** What was wrong with the form that was sent, and the field that is to be corrected. */
  readonly error?: string;
  readonly field?: 'confirm';
  /** The reason that was sent, for the form that it was sent with. */
  readonly reasons?: Readonly<Partial<Record<'approve' | 'decline', string>>>;
}

/** The forms with which a person decides or withdraws; none of what the person may not. */
export function decisionForms({ record, mayDecide, mayWithdraw }: Viewed, state: FormState): Html {
  const path = `/approvals/${encodeURIComponent(record.id)}`;
  const stale = html`<h2>Decide</h2>
<p>A decision takes a sign-in of just now.</p>
${signInLink('Sign in again to decide', record.id)}`;
  const decide = html`${approveForm(path, record, state)}${declineForm(path, state)}`;
  return html`${mayDecide ? (state.isFresh ? decide : stale) : ''}
${mayWithdraw ? withdrawForm(path, state) : ''}`;
}

function approveForm(path: string, { target, targetType }: Viewed['record'], state: FormState): Html {
  const label = targetType === 'CMK' ? 'CMK id' : 'service name';
  const invalid = state.field === 'confirm' ? html` aria-invalid="true"` : '';
  return html`<h2>Approve</h2>
<form method="post" action="${path}/approve">
<label for="confirm">Type the ${label} to approve</label>
<p class="hint" id="confirm-hint">Exactly ${exact(target)}</p>
<input id="confirm" name="confirm" required autocomplete="off" autocapitalize="none" spellcheck="false"
  aria-describedby="confirm-hint"${invalid}>
${reasonField('approve', state)}
<button>Approve</button>
</form>`;
}

function declineForm(path: string, state: FormState): Html {
  return html`<h2>Decline</h2>
<form method="post" action="${path}/decline">
<p class="hint">One decline ends the request.</p>
${reasonField('decline', state)}
<button class="danger">Decline</button>
</form>`;
}

function withdrawForm(path: string, { nonceOf }: FormState): Html {
  return html`<h2>Withdraw</h2>
<form method="post" action="${path}/withdraw">
<p class="hint">This is your request. Withdrawing ends it, even if it was approved.</p>
<input type="hidden" name="nonce" value="${nonceOf('withdraw')}">
<button class="danger">Withdraw</button>
</form>`;
}

function reasonField(action: 'approve' | 'decline', { nonceOf, reasons }: FormState): Html {
  return html`<input type="hidden" name="nonce" value="${nonceOf(action)}">
<label for="reason-${action}">Reason to ${action} (optional)</label>
<textarea id="reason-${action}" name="reason" rows="2" maxlength="${REASON_MAX}">${reasons?.[action] ?? ''}</textarea>`;
}
