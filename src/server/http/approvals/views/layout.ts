import { html, raw } from 'hono/html';
import { STYLE } from './style.ts';
import { type Html, said } from './text.ts';

/** Who is signed in, and the nonce with which they sign out. */
export interface SignedIn {
  readonly name: string;
  readonly signOutNonce: string;
}

/** A whole page. */
export function page(title: string, body: Html, signedIn?: SignedIn): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – Aiven CMK approvals</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${signedIn ? header(signedIn) : ''}
<main>${body}</main>
</body>
</html>
`;
}

function header({ name, signOutNonce }: SignedIn): Html {
  return html`<header>
<p><a href="/approvals">All requests</a></p>
<p>Signed in as ${said(name)}</p>
<form method="post" action="/approvals/sign-out">
<input type="hidden" name="nonce" value="${signOutNonce}">
<button class="plain">Sign out</button>
</form>
</header>`;
}

/** A page that says one thing. */
export function messagePage(title: string, text: string, more: Html | '' = '', signedIn?: SignedIn): Html {
  return page(title, html`<h1>${title}</h1><p>${text}</p>${more}`, signedIn);
}

/** The one page before sign-in: the same whether there is such a request or not. */
export function signInPage(requestId?: string): Html {
  return messagePage(
    'Sign in',
    'Requests for approval are shown to people who signed in.',
    signInLink('Sign in', requestId),
  );
}

/** A link that starts a sign-in: a form could not, as it must not lead to another site. */
export function signInLink(text: string, requestId?: string): Html {
  const query = requestId === undefined ? '' : `?return=${encodeURIComponent(requestId)}`;
  return html`<p><a class="button" href="/approvals/sign-in${query}">${text}</a></p>`;
}
