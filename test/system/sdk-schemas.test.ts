import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { withLazySchemas } from '../../build/sdk-lazy-schemas.ts';
import { SHARED } from '../../build/sdk-schemas.ts';
import { runProgram } from '../fixtures/processes.ts';

/** Schemas of a revision and tables of them, by name. */
type Schemas = Readonly<Record<string, z.ZodType | Readonly<Record<string, z.ZodType>>>>;

/** What a bundle of the SDK's schemas gives to these tests. */
interface Bundle {
  readonly buildSchemas2025: () => Schemas;
  readonly buildSchemas2026: () => Schemas;
  readonly getRequestSchema: (method: string) => z.ZodType | undefined;
  /** The number of object schemas that the SDK has created. */
  readonly created: () => number;
  readonly toJSONSchema: typeof z.toJSONSchema;
}

const REVISIONS = ['buildSchemas2025', 'buildSchemas2026'] as const;
const SDK = 'node_modules/@modelcontextprotocol/server/dist';

/** Counts what is created by `z.object`, of which most schemas of a message are made. */
const COUNTING_ZOD = `
  export * from 'zod/v4';
  import * as zod from 'zod/v4';
  let count = 0;
  export const created = () => count;
  export const object = (...args) => (count++, zod.object(...args));
`;

/** Exports what is private to the SDK's module, and gives it a zod that counts. */
const test: Plugin = {
  name: 'test',
  resolveId: (id, importer) => (id === 'zod/v4' && importer?.includes(SDK) ? 'virtual:zod' : undefined),
  load: (id) => (id === 'virtual:zod' ? COUNTING_ZOD : undefined),
  transform: {
    filter: { id: SHARED },
    handler: (code) =>
      `${code}\nexport { buildSchemas2025, buildSchemas2026, getRequestSchema };\nexport { created, toJSONSchema } from 'zod/v4';`,
  },
};

describe('the SDK’s schemas in the built program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-schemas-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function bundle(name: string, plugins: readonly Plugin[]): Promise<Bundle> {
    const module = readdirSync(SDK).find((file) => SHARED.test(`${SDK}/${file}`));
    if (module === undefined) throw new Error(`There is no module of schemas in ${SDK}.`);
    const built = await rolldown({ input: join(SDK, module), platform: 'node', plugins: [...plugins, test] });
    await built.write({ file: join(folder, `${name}.mjs`), codeSplitting: false });
    return import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  }

  let published: Bundle;
  let lazy: Bundle;
  beforeAll(async () => {
    [published, lazy] = await Promise.all([bundle('published', []), bundle('lazy', [withLazySchemas()])]);
  });

  it('are created when they are first used, and once', () => {
    const schemas = lazy.buildSchemas2025();
    const before = lazy.created();
    const first = lazy.getRequestSchema('tools/list');
    expect(first).toBe(schemas.ListToolsRequestSchema);
    expect(lazy.created()).toBeGreaterThan(before);
    expect(lazy.created() - before).toBeLessThan(10);
    const after = lazy.created();
    expect(lazy.getRequestSchema('tools/list')).toBe(first);
    expect(lazy.created()).toBe(after);
    published.getRequestSchema('tools/list');
    expect(published.created()).toBeGreaterThan(50);
  });

  it.each(REVISIONS)('are those of the SDK as published: %s', (revision) => {
    const [expected, actual] = [describeAll(published, revision), describeAll(lazy, revision)];
    expect(Object.keys(expected).length).toBeGreaterThan(120);
    expect(actual).toStrictEqual(expected);
    expect(lazy[revision]()).toBe(lazy[revision]());
    for (const [name, schema] of Object.entries(lazy[revision]())) expect(lazy[revision]()[name]).toBe(schema);
  });

  it('have zod generate no code', async () => {
    const probe =
      'globalThis.Function=new Proxy(Function,{construct(f,a){process.stderr.write("generated code\\n");return new f(...a)}})';
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(probe)}`;
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const messages = [
      { id: 1, method: 'initialize', params },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/list' },
      { id: 3, method: 'tools/call', params: { name: 'aiven_cmk_list', arguments: { project: 'sandbox' } } },
    ];
    const input = messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
    const { stdout, stderr } = await runProgram(['--sandbox'], { NODE_OPTIONS }, input);
    expect(stdout).toContain('"structuredContent"');
    expect(stderr).not.toContain('generated code');
  });
});

/** Describes each schema of a revision, and of the tables among them, by JSON Schema. */
function describeAll({ toJSONSchema, ...bundle }: Bundle, revision: (typeof REVISIONS)[number]) {
  const show = (schema: z.ZodType) => toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  const isSchema = (value: object): value is z.ZodType => '_zod' in value;
  return Object.fromEntries(
    Object.entries(bundle[revision]()).flatMap(([name, value]) =>
      isSchema(value)
        ? [[name, show(value)] as const]
        : Object.entries(value).map(([entry, schema]) => [`${name}: ${entry}`, show(schema)] as const),
    ),
  );
}
