/**
 * Plays an approval on the server's page: an agent asks for a deletion over HTTP, a person signs in at a real issuer in a real
 * browser, reads, and approves, and the agent's repeated call deletes the key. Writes two screenshots into a folder, by
 * default `.reports/approval/`, and prints what happens.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { signInFrom } from '../test/fixtures/browser.ts';
import { KEYS, openApprovalStage, PERSON, pendingOf } from './approval-stage.ts';

const [folder = join('.reports', 'approval')] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { old } = KEYS;

const stage = await openApprovalStage();
try {
  print(`Issuer: ${stage.issuer} (oidc-provider, which warns on standard error that its keys are for development)`);
  print(`Server: ${stage.origin}/mcp, with its sandbox`);
  step('The agent asks for a deletion.');
  const first = await stage.remove(old);
  const { id, url } = pendingOf(first);
  said('server', `approval_pending: ${first.error?.message}\n${first.error?.hint}`);

  step('The agent calls again with the same arguments. The call waits for the decision.');
  let waiting: (message: string) => void = () => {};
  const waits = new Promise<string>((resolve) => {
    waiting = resolve;
  });
  const second = stage.remove(old, waiting);
  said('server', `progress: ${await Promise.race([waits, second.then(() => 'it did not wait')])}`);

  step(`${PERSON}, who owns the agent's credential, opens the link and signs in at the issuer.`);
  const tab = await stage.browse();
  await signInFrom(tab, url, PERSON);
  said('page', await tab.locator('main').innerText());
  await tab.screenshot({ path: join(folder, 'request.png'), fullPage: true });

  step(`${PERSON} types something else than the id.`);
  const field = tab.getByLabel('Type the CMK id to approve');
  await field.fill('yes');
  await tab.getByRole('button', { name: 'Approve' }).click();
  said('page', await tab.getByRole('alert').innerText());

  step(`${PERSON} types the id and approves.`);
  await field.fill(old);
  await tab.getByLabel('Reason to approve').fill('replaced in May');
  await tab.getByRole('button', { name: 'Approve' }).click();
  await tab.getByText(`${PERSON} approved at`).waitFor();

  step('The call of the agent that waited returns.');
  const { error, approval, approved_by } = await second;
  if (error) throw new Error(`The deletion was refused: ${JSON.stringify(error)}`);
  said('server', `deleted, approval: ${approval}, approved by: ${approved_by?.join(', ')}`);
  await tab.reload();
  said('page', await tab.locator('.status').innerText());
  await tab.emulateMedia({ colorScheme: 'dark' });
  await tab.screenshot({ path: join(folder, 'outcome-dark.png'), fullPage: true });

  step('The same call once more: the approval was used, and the key is gone.');
  const third = await stage.remove(old);
  if (!third.error) throw new Error('The key was deleted twice.');
  said('server', `${third.error.code}: ${third.error.message}`);

  step('The audit log of the request.');
  for (const line of stage.output.audit().filter(({ approval_id }) => approval_id === id))
    print(`  ${JSON.stringify(line)}`);
  print(`\nScreenshots: ${join(folder, 'request.png')}, ${join(folder, 'outcome-dark.png')}`);
} finally {
  await stage.close();
}

function step(title: string): void {
  print(`\n# ${title}`);
}

function said(who: string, text: string): void {
  print(`${who}:\n${text.replace(/\n{2,}/g, '\n').replace(/^/gm, '  ')}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
