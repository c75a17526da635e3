import { html } from 'hono/html';
import type { Viewed } from '../../../../guard/approval/decisions.ts';
import { page, type SignedIn } from './layout.ts';
import { STATES } from './request-view.ts';
import { exact, type Html, said, time, visible } from './text.ts';

/** The page with the requests that a person made or may decide about. */
export function listPage(all: readonly Viewed[], signedIn: SignedIn, hint: Html | ''): Html {
  const waiting = all.filter(({ mayDecide }) => mayDecide);
  const others = all.filter(({ mayDecide }) => !mayDecide);
  const body = html`<h1>Requests for approval</h1>
<h2>Waiting for you</h2>
${list(waiting)}
<h2>Others</h2>
${list(others)}
${hint}`;
  return page('Requests', body, signedIn);
}

function list(all: readonly Viewed[]): Html {
  if (all.length === 0) return html`<p>None.</p>`;
  return html`<ul class="list">${all.map(item)}</ul>`;
}

function item({ record }: Viewed): Html {
  const { id, summary, targetType, target, requester, state, expiresAt } = record;
  return html`<li>
<p><a href="/approvals/${encodeURIComponent(id)}">${visible(summary)}<br>${targetType} ${exact(target)}</a></p>
<p>${STATES[state]} ${state === 'pending' ? html`To be decided before ${time(expiresAt)}.` : ''}</p>
<p>Requested by ${said(requester.name)}</p>
</li>`;
}

/** What the page says where requests are kept in the memory of one process. */
export function replicaHint(): Html {
  return html`<p class="hint">This replica of the server keeps its requests in its own memory, until it ends. Where the server runs
as several replicas, another one may keep a request: set <code>AIVEN_CMK_STORE_URL_FILE</code>, so that they share a store.</p>`;
}
