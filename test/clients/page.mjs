/** A deletion that takes a person's approval on the server's page, as a client without any person goes through it. */
import { equal, match, ok } from 'node:assert';
import { once } from 'node:events';

/** Deletes a key: pending until the person, who is outside of this process, has approved; then done. */
export async function approveOnPage(id, { call, refusal, keys }) {
  const args = { cmk_id: id, confirm_cmk_id: id };
  // All that a client without structured content gives its model: the text of the error, however it is wrapped.
  const text = await refusal(args);
  match(text, /approval_pending/);
  match(text, /call again with the same arguments/i);
  const [url, ...others] = new Set(text.match(/http:\/\/127\.0\.0\.1:\d+\/approvals\/[\w-]{22}/g));
  ok(url, `no address of the page in ${text}`);
  equal(others.length, 0);
  ok((await keys()).includes(id), 'a key is gone that nobody approved');
  await approval(url, id);
  ok((await keys()).includes(id), 'a key is gone before the client called again');
  const deleted = await call('aiven_cmk_delete', args);
  equal(deleted.cmk.id, id);
  equal(deleted.approval, 'page');
  equal(deleted.approved_by.join(), 'ann');
  ok(!(await keys()).includes(id), 'the deleted key is still there');
}

/** Lets the runner's person approve on the page. */
async function approval(url, target) {
  const answered = once(process, 'message');
  process.send({ url, target });
  const [{ failure }] = await answered;
  if (failure !== undefined) throw new Error(`not approved: ${failure}`);
}
