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

const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => `12345678-1234-4234-8234-${String(index).padStart(12, '0')}`);

const keys = (count: number) =>
  ids(count).map((id, index) => {
    return { ...key(id), resource: `arn:aws:kms:eu-west-1:123456789012:key/${id}`, default_cmk: index === 0 };
  });

const AWS = { principal: 'arn:aws:iam::123456789012:root' };
const GCP = { access_group: 'cmk@example.iam.gserviceaccount.com' };

/** Responses by method and path, of which the first match is used: for Aiven's keys, and for Supabase's server. */
const RESPONSES: readonly (readonly [RegExp, number, object])[] = [
  [/^GET .*\/keys-1000\/secrets\/cmks$/, 200, { cmks: keys(1_000) }],
  [/^GET .*\/keys-10000\/secrets\/cmks$/, 200, { cmks: keys(10_000) }],
  [/^GET .*\/keys-1000\/.*\/accessors$/, 200, { accessors: { aws: AWS, gcp: GCP } }],
  [/^GET .*\/cmks$/, 200, { cmks: IDS.map(key) }],
  [/^GET .*\/accessors$/, 200, { accessors: { aws: AWS } }],
  [/^GET .*\/unused\/.*\/service_associations$/, 200, { service_associations: [] }],
  [/^DELETE .*\/unused\/.*\/cmks\/[-0-9]*1$/, 200, { cmk: { ...key(IDS[0] ?? ''), status: 'deleted' } }],
  [/^GET .*\/service_associations$/, 200, { service_associations: [{ service_name: 'bench-pg', status: 'active' }] }],
  [/^GET .*\/cmks\/[-0-9]*1$/, 200, { cmk: key(IDS[0] ?? '') }],
  [/^POST .*\/cmks$/, 409, { message: 'The key exists', errors: [{ message: 'The key exists', status: 409 }] }],
  [/^POST .*\/cmks\/[-0-9]*1$/, 200, { cmk: key(IDS[0] ?? '') }],
  [/^POST .*\/cmks\/[-0-9]*2$/, 500, { message: 'Something failed' }],
  [/^GET \/keys-1000\/v1\/organizations$/, 200, ids(1_000).map(organization)],
  [/^GET \/v1\/organizations$/, 200, IDS.map(organization)],
  [/^GET \/graphql/, 200, { data: { schema: 'type Query { schema: String! }' } }],
];

/** The same with their bodies as bytes, made once: no measurement waits for it. */
const PREPARED = RESPONSES.map(([pattern, status, body]) => [pattern, status, bytesOf(body)] as const);

const NOT_FOUND = [/./, 404, bytesOf({ message: 'Not found' })] as const;

const server = createServer((request, response) => {
  request.resume();
  const asked = `${request.method} ${request.url}`;
  const [, status, body] = PREPARED.find(([pattern]) => pattern.test(asked)) ?? NOT_FOUND;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().once('end', () => process.exit());

function bytesOf(body: object): Buffer {
  return Buffer.from(JSON.stringify(body));
}
