import { html } from 'hono/html';
import { subjectOf } from '../../../../core/caller.ts';
import type { Viewed } from '../../../../guard/approval/decisions.ts';
import type { ApprovalRecord, ApprovalState, Vote } from '../../../../guard/approval/record.ts';
import { decisionForms, type FormState } from './decision-forms.ts';
import { page, type SignedIn } from './layout.ts';
import { exact, type Html, said, time, visible } from './text.ts';

/** How a request stands, in words. */
export const STATES: Readonly<Record<ApprovalState, string>> = {
  pending: 'Waiting for a decision.',
  approved: 'Approved. It is done once the client calls again.',
  used: 'Approved and used. The approval counts for nothing more.',
  declined: 'Declined. Nothing was done.',
  withdrawn: 'Withdrawn. Nothing was done.',
  expired: 'Expired. Nothing was done.',
  stale: 'Ended: what would happen has changed since it was asked for. Nothing was done.',
};

/** The page of one request, with the forms that its person may send. */
export function requestPage(viewed: Viewed, form: FormState, signedIn: SignedIn): Html {
  const { record } = viewed;
  const body = html`${form.error === undefined ? '' : errorSummary(form.error, form.field)}
<h1>${visible(record.summary)}</h1>
<p class="status"><strong>${STATES[record.state]}</strong></p>
<h2>What will happen</h2>
<dl>${rows(factsOf(record))}</dl>
<h2>Who asks, and who may approve</h2>
<dl>${rows(peopleOf(record))}</dl>
${votes(record.votes)}
${decisionForms(viewed, form)}`;
  const title = `${form.error === undefined ? '' : 'Error: '}Request about ${record.targetType} ${visible(record.target)}`;
  return page(title, body, signedIn);
}

type Row = readonly [label: string, value: Html];

function rows(all: readonly Row[]): readonly Html[] {
  return all.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`);
}

function factsOf({ tool, project, target, targetType, details, args }: ApprovalRecord): readonly Row[] {
  return [
    ['Tool', exact(tool)],
    ['Project', exact(project)],
    [targetType === 'CMK' ? 'CMK id' : 'Service name', exact(target)],
    ...Object.entries(details).map(([label, value]): Row => [visible(label), exact(value)]),
    ['Arguments of the call', exact(JSON.stringify(args))],
  ];
}

function peopleOf({ requester, rule, votes, createdAt, expiresAt, usableUntil, id }: ApprovalRecord): readonly Row[] {
  const given = votes.filter(({ decision }) => decision === 'approve').length;
  const { name, client, id: callerId, person } = requester;
  const belongs = person !== undefined && person !== callerId ? html`, a token of ${said(subjectOf(person))}` : '';
  return [
    ['Requested by', html`${said(name)}${belongs}`],
    ['Through the client', html`${said(client)} (as it calls itself)`],
    ['Requested at', time(createdAt)],
    ['To be decided before', time(expiresAt)],
    ...(usableUntil === undefined ? [] : [['Can be used until', time(usableUntil)] as const]),
    ['Who may approve', html`${WHO[rule.who]}`],
    ['Approvals', html`${given} of ${rule.needed}${rule.needed > 1 ? ', by different people' : ''}`],
    ['Request', exact(id)],
  ];
}

const WHO = {
  self: 'The person who asked, or anybody with the scope cmk:approve',
  other: 'Only other people than who asked, with the scope cmk:approve',
} as const;

function votes(all: readonly Vote[]): Html | '' {
  if (all.length === 0) return '';
  const items = all.map(
    ({ name, decision, reason, at }) =>
      html`<li>${said(name)} ${decision === 'approve' ? 'approved' : 'declined'} at ${time(at)}${reason === '' ? '' : html`: ${said(reason)}`}</li>`,
  );
  return html`<h2>Decisions so far</h2><ul>${items}</ul>`;
}

function errorSummary(message: string, field: string | undefined): Html {
  const text = visible(message);
  // The focus goes here, so that the page is read from what went wrong.
  return html`<div class="error" role="alert" tabindex="-1" autofocus>
<h2>There is a problem</h2>
<p>${field === undefined ? text : html`<a href="#${field}">${text}</a>`}</p>
</div>`;
}
