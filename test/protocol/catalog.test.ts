import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOG, createCatalog } from '../../build/catalog.ts';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';
import { CLIENTS, type Published, type TestClient } from '../fixtures/harness.ts';

const NAMES = ['accessors', 'create', 'list', 'get', 'update', 'delete'].map((name) => `aiven_cmk_${name}`);

/** Every object inside a published schema, the schema itself included. */
function nodes(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(nodes);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(nodes)];
}

it('catalog.json is what `npm run catalog` makes of the tools', () => {
  expect(readFileSync(CATALOG, 'utf8')).toBe(createCatalog());
});

describe.each(CLIENTS)('what tools/list publishes, through $title', ({ title, open }) => {
  let client: TestClient;
  let answer: Awaited<ReturnType<TestClient['list']>>;
  let tools: Published[];
  beforeAll(async () => {
    client = await open({ args: ['--sandbox'] });
    answer = await client.list();
    tools = answer.tools;
  });
  afterAll(() => client.close());

  it('is exactly what catalog.json holds of them', () => {
    const six = TOOL_DEFINITIONS.filter(({ toolset }) => toolset === 'cmk');
    // An argument that takes a further toolset is not published without it: test/protocol/events.test.ts.
    const own = six.map(({ toolset, argumentToolsets = {}, resourceUri, ...published }) => {
      const properties = Object.entries(published.inputSchema.properties).filter(
        ([name]) => !(name in argumentToolsets),
      );
      return { ...published, inputSchema: { ...published.inputSchema, properties: Object.fromEntries(properties) } };
    });
    expect(tools).toStrictEqual(own);
  });

  it('is six tools in a fixed order', () => {
    expect(tools.map(({ name }) => name)).toStrictEqual(NAMES);
  });

  it('may be kept for an hour on 2026-07-28', () => {
    expect(answer.ttlMs).toBe(title.includes('2026') ? 3_600_000 : undefined);
  });

  it('introduces the server as aiven-cmk with instructions of under 120 words', () => {
    expect(client.serverName).toBe('aiven-cmk');
    expect(client.instructions?.split(/\s+/).length).toBeLessThan(120);
    for (const name of ['accessors', 'create', 'update', 'delete', 'list']) {
      expect(client.instructions).toContain(`aiven_cmk_${name}`);
    }
  });

  it('gives every tool a short name, a title, a description and all four hints', () => {
    for (const { name, title, description, annotations } of tools) {
      expect(name).toMatch(/^[a-z_]{1,30}$/);
      expect(title).toMatch(/\S/);
      expect(description).toMatch(/^\S.{20,1022}$/s);
      expect(annotations).toStrictEqual({
        readOnlyHint: expect.any(Boolean),
        destructiveHint: name === 'aiven_cmk_delete',
        idempotentHint: !['aiven_cmk_create', 'aiven_cmk_delete'].includes(name),
        openWorldHint: true,
      });
    }
    const reads = tools.filter(({ annotations }) => (annotations as { readOnlyHint: boolean }).readOnlyHint);
    expect(reads.map(({ name }) => name)).toStrictEqual(['aiven_cmk_accessors', 'aiven_cmk_list', 'aiven_cmk_get']);
  });

  it('holds no construct that breaks a client', () => {
    for (const node of tools.flatMap(({ inputSchema, outputSchema }) => nodes([inputSchema, outputSchema]))) {
      for (const keyword of [
        '$schema',
        '$ref',
        '$defs',
        'anyOf',
        'oneOf',
        'allOf',
        'const',
        'format',
        'pattern',
        'not',
      ]) {
        expect(node).not.toHaveProperty(keyword);
      }
      if (Object.hasOwn(node, 'type')) expect(node.type).toBeTypeOf('string');
      if (node.type === 'array') expect(node).toHaveProperty('items');
      for (const value of (node.enum as unknown[] | undefined) ?? []) expect(value).toBeTypeOf('string');
    }
  });

  it('closes inputs, describes each argument, and says every limit in words', () => {
    for (const { inputSchema } of tools) {
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      for (const field of Object.values((inputSchema as { properties: object }).properties)) {
        expect(field.type).toMatch(/^(string|boolean)$/);
        expect(field.description).toMatch(/\S/);
        for (const limit of ['minLength', 'maxLength', 'minimum', 'maximum']) {
          if (Object.hasOwn(field, limit)) expect(field.description).toContain(String(field[limit]));
        }
      }
    }
  });

  it('leaves outputs open and requires neither the payload nor the error', () => {
    for (const { outputSchema } of tools) {
      expect(outputSchema).toMatchObject({ type: 'object', properties: { error: {} } });
      expect(outputSchema).not.toHaveProperty('required');
      for (const node of nodes(outputSchema)) expect(node).not.toHaveProperty('additionalProperties');
    }
  });
});
