/**
 * Plays one client in a process of its own: imports its adapter, goes through the steps of one part, and sends what came of
 * each to the runner. An adapter exports `open({ command, args, env, url, headers, human, variant })`, with either a command
 * or a url and the headers that hold the client's credential, if any, and gives `tools()`: what the client would hand to a model, as `{ name, schema }`; `call(name, args)`: the result as
 * the client reads it, `{ value }` or `{ refusal }`; `close()`.
 */
import { deepStrictEqual as equal, match, ok } from 'node:assert';
import { TOOLS } from './outcome.mjs';
import { approveOnPage } from './page.mjs';

const AWS = 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789abc';
/** A key of the sandbox that no service uses. */
const UNUSED = '11111111-1111-4111-8111-111111111111';
const IN_USE = '22222222-2222-4222-8222-222222222222';
const NO_KEY = '99999999-9999-4999-8999-999999999999';
const project = 'sandbox';

const { part, adapter, asks, api, ...start } = JSON.parse(process.argv[2]);
/** What the human behind the client does next; without it, the client has no human. */
let answer;
const asked = [];
const human =
  part !== 'round'
    ? (question) => {
        asked.push(question);
        return answer;
      }
    : undefined;

// The runner was ended, and with it the reason to go on.
process.on('disconnect', () => process.exit(1));

let client;
await step('opened', async () => {
  const { open } = await import(adapter);
  client = await open({ ...start, human });
});
if (client && part === 'round') {
  await step('listed', list);
  await step('called', callAll);
  await step('refused', beRefused);
}
if (client && part === 'approval') await step('approved', asks ? approve : beUnableToAsk);
if (client && part === 'page') {
  // A client that approves by itself, if it were asked.
  answer = { action: 'accept', content: { cmk_id: UNUSED } };
  await step('page', async () => {
    await approveOnPage(UNUSED, { call, refusal, keys });
    equal(asked, []);
  });
}
await step('closed', async () => client?.close());
// Some frameworks keep timers or telemetry open.
process.send({ done: true }, () => process.exit());

async function step(name, play) {
  try {
    await play();
    process.send({ step: name });
  } catch (error) {
    process.send({ step: name, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

async function list() {
  const tools = await client.tools();
  // Hosts put the server's name before a tool's.
  equal(tools.map(({ name }) => TOOLS.find((tool) => name.endsWith(tool)) ?? name).sort(), TOOLS.toSorted());
  for (const { name, schema } of tools) {
    equal(schema?.type?.toLowerCase(), 'object', `${name} has no object for its arguments`);
    ok(schema.properties?.project, `${name} lost its arguments`);
  }
}

async function callAll() {
  const { accessors } = await call('aiven_cmk_accessors', {});
  ok(accessors.aws.principal.startsWith('arn:aws:iam::'));
  const { cmk: created } = await call('aiven_cmk_create', { provider: 'aws', resource: AWS });
  equal([created.provider, created.resource], ['aws', AWS]);
  const { id } = created;
  const { cmks } = await call('aiven_cmk_list', {});
  ok(cmks.some((cmk) => cmk.id === id));
  const { cmk } = await call('aiven_cmk_get', { cmk_id: id });
  equal([cmk.id, cmk.provider, cmk.resource], [id, 'aws', AWS]);
  const { cmk: updated } = await call('aiven_cmk_update', { cmk_id: id, default_cmk: true });
  equal([updated.id, updated.default_cmk], [id, true]);
  const deleted = await call('aiven_cmk_delete', { cmk_id: id, confirm_cmk_id: id });
  equal([deleted.cmk.id, deleted.approved_by], [id, 'argument']);
  ok(!(await keys()).includes(id), 'the deleted key is still there');
}

async function beRefused() {
  const mismatch = await refusal({ cmk_id: IN_USE, confirm_cmk_id: NO_KEY });
  match(mismatch, /confirmation_mismatch/);
  match(mismatch, new RegExp(`CMK ${IN_USE} was not deleted`));
  const inUse = await refusal({ cmk_id: IN_USE, confirm_cmk_id: IN_USE });
  match(inUse, /cmk_in_use/);
  match(inUse, /orders-pg/);
  ok((await keys()).includes(IN_USE), 'a key is gone that a service uses');
}

async function approve() {
  answer = { action: 'decline' };
  match(await refusal({ cmk_id: UNUSED, confirm_cmk_id: UNUSED }), /approval_declined/);
  answer = { action: 'accept', content: { cmk_id: IN_USE } };
  match(await refusal({ cmk_id: UNUSED, confirm_cmk_id: UNUSED }), /approval_wrong_id/);
  ok((await keys()).includes(UNUSED), 'a key is gone that nobody approved');
  answer = { action: 'accept', content: { cmk_id: UNUSED } };
  const deleted = await call('aiven_cmk_delete', { cmk_id: UNUSED, confirm_cmk_id: UNUSED });
  equal([deleted.cmk.id, deleted.approved_by], [UNUSED, 'human']);
  ok(!(await keys()).includes(UNUSED), 'the deleted key is still there');
  equal(asked.length, 3);
  for (const question of asked) {
    match(question.message, new RegExp(`CMK id: ${UNUSED}`));
    ok(question.requestedSchema.properties.cmk_id);
  }
}

/** A client that cannot ask is refused where a human must approve, and the key stays. */
async function beUnableToAsk() {
  match(await refusal({ cmk_id: UNUSED, confirm_cmk_id: UNUSED }), /approval_unavailable/);
  ok((await keys()).includes(UNUSED), 'a key is gone that nobody approved');
  equal(asked.length, 0);
}

/** The ids that the sandbox itself tells, whatever the client says. */
async function keys() {
  const headers = { authorization: 'Bearer sandbox-token' };
  const answer = await fetch(`${api}/v1/project/${project}/secrets/cmks`, { headers });
  const { cmks } = await answer.json();
  return cmks.map(({ id }) => id);
}

async function call(name, args) {
  const { value, refusal } = await client.call(name, { project, ...args });
  if (refusal !== undefined) throw new Error(`${name} was refused: ${refusal}`);
  return value;
}

async function refusal(args) {
  const { value, refusal } = await client.call('aiven_cmk_delete', { project, ...args });
  if (refusal === undefined) throw new Error(`not refused: ${JSON.stringify(value)}`);
  return refusal;
}
