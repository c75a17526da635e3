/** Serves a loopback API as a separate process, so that its work is in no measurement. Prints its origin. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const key = (id: string) => ({
  id,
  provider: 'aws',
  resource: 'arn:aws:kms:eu-west-1:123456789012:key/bench',
  default_cmk: false,
  status: 'current',
  created_at: '2026-01-02T03:04:05Z',
  updated_at: '2026-01-02T03:04:05Z',
});

const organization = (id: string) => ({ id, slug: id, name: `An organization of the bench, ${id}` });

const IDS = ['1', '2', '3', '4'].map((digit) => `12345678-1234-1234-1234-12345678000${digit}`);

/** Responses by method and path, of which the first match is used: for Aiven's keys, and for Supabase's server. */
const RESPONSES: readonly (readonly [RegExp, number, object])[] = [
  [/^GET .*\/cmks$/, 200, { cmks: IDS.map(key) }],
  [/^GET .*\/accessors$/, 200, { accessors: { aws: { principal: 'arn:aws:iam::123456789012:root' } } }],
  [/^GET .*\/service_associations$/, 200, { service_associations: [{ service_name: 'bench-pg', status: 'active' }] }],
  [/^GET .*\/cmks\/[-0-9]*1$/, 200, { cmk: key(IDS[0] ?? '') }],
  [/^POST .*\/cmks$/, 409, { message: 'The key exists', errors: [{ message: 'The key exists', status: 409 }] }],
  [/^POST .*\/cmks\/[-0-9]*1$/, 200, { cmk: key(IDS[0] ?? '') }],
  [/^POST .*\/cmks\/[-0-9]*2$/, 500, { message: 'Something failed' }],
  [/^GET \/v1\/organizations$/, 200, IDS.map(organization)],
  [/^GET \/graphql/, 200, { data: { schema: 'type Query { schema: String! }' } }],
];

const server = createServer((request, response) => {
  request.resume();
  const asked = `${request.method} ${request.url}`;
  const [, status, body] = RESPONSES.find(([pattern]) => pattern.test(asked)) ?? [/./, 404, { message: 'Not found' }];
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().once('end', () => process.exit());
