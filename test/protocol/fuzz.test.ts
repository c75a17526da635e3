import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { codePoint } from '../fixtures/arbitraries.ts';
import { READS, WRITES } from '../fixtures/calls.ts';
import { CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { AWS, CMKS, ID, KEY, looks, type Scene } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

/** How many hostile calls each property makes, per tool and client. */
const RUNS = 40;
const CALLS = [...READS, ...WRITES.map(([tool, args]) => [tool, args] as const)];

const nasty = fc.constantFrom(
  ...[
    '',
    '.',
    '..',
    '%2e%2e',
    '../../v1/me',
    'a/../b',
    'a?b=c',
    'a#b',
    'a\\b',
    'a b',
    '__proto__',
    'constructor',
    'sandbox',
  ],
  ...[
    ID,
    ID.toUpperCase(),
    `${ID}/access_check`,
    AWS,
    TOKEN,
    `Bearer ${TOKEN}`,
    '\u0000',
    '\r\nHost: x',
    '\ud800',
    'x'.repeat(5_000),
  ],
);
const text = fc.oneof(nasty, fc.string({ unit: codePoint, maxLength: 40 }));
const value = fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
const names = fc.oneof(
  fc.constantFrom('project', 'cmk_id', 'confirm_cmk_id', 'provider', 'resource', 'default_cmk', 'wait_for_previous'),
  text,
);
const hostileArguments = fc.dictionary(names, value, { maxKeys: 8 });

/** What an answer may hold where a key, a list or a service is expected. */
const part = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constant(KEY),
  fc.record({ id: value, provider: value, resource: value, status: value, default_cmk: value }, { requiredKeys: [] }),
  fc.array(fc.record({ id: value, service_name: value, status: value, cmk_id: value }, { requiredKeys: [] }), {
    maxLength: 4,
  }),
);
const envelope = fc.dictionary(
  fc.oneof(
    fc.constantFrom('cmk', 'cmks', 'accessors', 'services', 'service_associations', 'message', 'errors', 'error'),
    text,
  ),
  part,
  { maxKeys: 5 },
);
const body = fc.oneof(
  { weight: 4, arbitrary: envelope },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: codePoint }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `<html>${TOKEN}`,
      '{"cmk":',
      'null',
      '',
      '[[[[[[',
      `{"__proto__":{"cmk":{}},"cmk":{"id":"${TOKEN}"}}`,
    ),
  },
);
// Statuses that are tried again are left to the tests of requests: each would cost a second.
const status = fc.constantFrom(200, 200, 200, 201, 202, 204, 299, 302, 400, 401, 403, 404, 409, 417, 418, 422, 451);

describe.each(CLIENTS)('hostile input, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: {} });
  afterAll(() => {
    expect(client.stderr()).not.toContain(TOKEN);
    expect(client.stderr()).not.toContain('defect');
  });

  /** One call; the client checks the result's schema, the harness its two halves and the token's absence. */
  async function check(tool: string, args: Record<string, unknown>, scene: Scene): Promise<void> {
    const { payload, error } = await client.call(tool, args);
    expect(error?.code).not.toBe('internal');
    if (error)
      expect(payload).toStrictEqual({
        error: expect.objectContaining({ message: expect.any(String), hint: expect.any(String) }),
      });
    for (const { method, path } of api.stray) {
      expect(`${method} ${path}`).toMatch(
        /^(?:(?:GET|POST|DELETE) \/v1\/project\/[\w.-]{1,128}\/secrets\/cmks(?:\/[\w/-]+)?|GET \/v1\/project\/[\w.-]{1,128}\/service)$/,
      );
    }
    for (const { method, path } of scene.seen) {
      expect(`${method} ${path}`).toMatch(/^(?:(?:GET|POST|DELETE) \/secrets\/cmks(?:\/[\w/-]+)?|GET \/service)$/);
    }
  }

  it.each(CALLS)(`%s survives ${RUNS} sets of hostile arguments`, { timeout: 240_000 }, async (tool, args) => {
    const scene = api.scene(looks);
    const mixed = fc.tuple(hostileArguments, fc.subarray(Object.entries({ project: scene.project, ...args })));
    const property = fc.asyncProperty(mixed, ([hostile, good]) =>
      check(tool, { ...hostile, ...Object.fromEntries(good) }, scene),
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  it.each(CALLS)(`%s survives ${RUNS} sets of hostile answers`, { timeout: 240_000 }, async (tool, args) => {
    const answers = fc.array(fc.tuple(status, body), { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(answers, fc.nat(3), async (hostile, honest) => {
      const scene = api.scene((seen, _response, count) => {
        if (count <= honest) return looks(seen);
        const [code, content] = hostile[(count - 1) % hostile.length] ?? [200, ''];
        return [code, code === 204 ? undefined : content];
      });
      await check(tool, { project: scene.project, ...args }, scene);
      expect(scene.writes().length).toBeLessThanOrEqual(1);
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  it('still serves after all of it', async () => {
    const { project } = api.scene(looks);
    expect((await client.call('aiven_cmk_get', { project, cmk_id: ID })).payload).toStrictEqual({ cmk: KEY });
    expect(api.stray.every(({ path }) => path.includes(CMKS) || path.endsWith('/service'))).toBe(true);
  });
});
