/**
 * Runs the runbook `rotate_cmk` against the sandbox with a real MCP client, over stdio and then over HTTP: from three services
 * on the old key to its deletion, with one refusal in between.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const flags = ['--sandbox', '--toolsets', 'cmk,services', '--approval', 'required'];
const project = 'sandbox';
const oldId = '22222222-2222-4222-8222-222222222222';
const key = {
  provider: 'gcp',
  resource: 'projects/example-prod/locations/europe-west1/keyRings/aiven/cryptoKeys/orders-2',
};

interface Association {
  service_name: string;
  status: string;
}

print('== Over stdio ==');
await rotate((client) =>
  client.connect(new StdioClientTransport({ command: process.execPath, args: [program, ...flags], stderr: 'ignore' })),
);

print('\n== Over HTTP ==');
const server = spawn(process.execPath, [program, ...flags, '--http', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
let url = '';
for await (const line of createInterface(server.stderr)) {
  url = /http:\S+/.exec(line)?.[0] ?? '';
  if (url) break;
}
server.stderr.resume();
await rotate((client) => client.connect(new StreamableHTTPClientTransport(new URL(url))));
const exited = once(server, 'exit');
server.kill('SIGTERM');
await exited;
print('\nBoth rotations ended as expected.');

async function rotate(connect: (client: Client) => Promise<void>): Promise<void> {
  const options = { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'auto' as const } };
  const client = new Client({ name: 'demo', version: '1.0.0' }, options);
  // Types the text that each form asks for.
  client.setRequestHandler('elicitation/create', ({ params }) => {
    const [field = ''] = Object.keys('requestedSchema' in params ? (params.requestedSchema.properties ?? {}) : {});
    const label = field === 'service' ? 'Service name' : 'CMK id';
    const typed = new RegExp(`^${label}: (.*)$`, 'm').exec(params.message)?.[1] ?? '';
    print(`    ? ${params.message.split('\n').join('\n      ')}\n      > ${typed}`);
    return { action: 'accept', content: { [field]: typed } };
  });
  await connect(client);
  const { messages } = await client.getPrompt({ name: 'rotate_cmk', arguments: { project, cmk_id: oldId, ...key } });
  const [message] = messages;
  print(message?.content.type === 'text' ? message.content.text.replace(/^/gm, '  ') : '');

  const call = async (name: string, args: object): Promise<Record<string, unknown>> => {
    const result = await client.callTool({ name, arguments: { project, ...args } });
    const payload = result.structuredContent as Record<string, unknown>;
    print(`\n> ${name} ${JSON.stringify(args)}\n< ${JSON.stringify(payload)}`);
    return payload;
  };
  const dependents = async () => (await call('aiven_cmk_services', { cmk_id: oldId })).services as Association[];

  const services = await dependents();
  expect(services.length === 3, 'three services use the old key');
  await call('aiven_cmk_accessors', {});
  expect('plan' in (await call('aiven_cmk_create', { ...key, dry_run: true })), 'a plan is shown');
  const { id } = (await call('aiven_cmk_create', key)).cmk as { id: string };
  await call('aiven_cmk_access_check', { cmk_id: id });
  await call('aiven_cmk_update', { cmk_id: id, default_cmk: true });

  print('\n# Too early: services still use the old key.');
  const refused = await call('aiven_cmk_delete', { cmk_id: oldId, confirm_cmk_id: oldId });
  expect(
    (refused.error as { code?: string } | undefined)?.code === 'cmk_in_use',
    'the old key is not deleted while in use',
  );

  for (const { service_name } of services) {
    await call('aiven_cmk_assign', { service: service_name, cmk_id: id, dry_run: true });
    const moved = await call('aiven_cmk_assign', { service: service_name, cmk_id: id });
    expect(moved.approved_by === 'human', 'a person approves each move');
    for (
      let left = await dependents();
      left.some((each) => each.service_name === service_name);
      left = await dependents()
    ) {
      await new Promise((resolve) => setTimeout(resolve, 150)); // A real move takes long; the runbook says to wait.
    }
  }
  await call('aiven_cmk_get', { cmk_id: oldId, include_services: true });
  expect((await dependents()).length === 0, 'no service is left on the old key');
  await call('aiven_cmk_delete', { cmk_id: oldId, confirm_cmk_id: oldId, dry_run: true });
  const deleted = await call('aiven_cmk_delete', { cmk_id: oldId, confirm_cmk_id: oldId });
  expect(deleted.approved_by === 'human', 'the old key is deleted after a person has approved');
  const { cmks } = await call('aiven_cmk_list', {});
  expect(!JSON.stringify(cmks).includes(oldId), 'the old key is gone');
  await client.close();
}

function expect(holds: boolean, expectation: string): void {
  if (!holds) throw new Error(`Not as expected: ${expectation}.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
