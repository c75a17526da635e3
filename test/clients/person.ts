import { nonceIn, Visitor } from '../fixtures/visitor.ts';

/**
 * Lets a person open the address that a client was given, sign in at the issuer, read the request, type the target and approve.
 * @throws Error where the page does not show the target, or does not take the approval
 */
export async function approve(url: string, name: string, target: string): Promise<void> {
  const visitor = new Visitor();
  const { origin, pathname } = new URL(url);
  const before = await visitor.visit(url);
  if (before.text.includes(target)) throw new Error('The page shows the request to somebody who has not signed in.');
  const page = await visitor.signIn(origin, name, pathname.split('/').at(-1));
  if (!page.text.includes(target)) throw new Error(`The page does not show ${target}: ${page.status} ${page.text}`);
  const fields = { confirm: target, reason: '', nonce: nonceIn(page, 'approve') };
  const { status, text } = await visitor.submit(`${url}/approve`, fields);
  if (status !== 303) throw new Error(`The page did not take the approval: ${status} ${text}`);
}
