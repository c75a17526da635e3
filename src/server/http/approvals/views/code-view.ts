import { html, raw } from 'hono/html';
import { page } from './layout.ts';
import type { Html } from './text.ts';

/**
 * Sends the code of the link, which stands in the fragment and so in no request of the browser, and removes it from the history.
 * Its hash is in the Content-Security-Policy of this one page.
 */
export const CODE_SCRIPT = `
const code = location.hash.slice(1);
if (code) {
  history.replaceState(null, '', location.pathname);
  document.getElementById('code').value = code;
  document.forms[0].submit();
}
`;

/** The page to which the link with a one-time code leads. Without script, the person pastes the code. */
export function codePage(): Html {
  const body = html`<h1>Sign in</h1>
<p>This server gave the person at its own machine a link with a code that signs in once.</p>
<form method="post" action="/approvals/sign-in">
<label for="code">Code</label>
<p class="hint" id="code-hint">What follows # in the link</p>
<input id="code" name="code" required autocomplete="off" autocapitalize="none" spellcheck="false"
  aria-describedby="code-hint">
<button>Sign in</button>
</form>
<script>${raw(CODE_SCRIPT)}</script>`;
  return page('Sign in', body);
}
