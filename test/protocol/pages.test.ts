import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../fixtures/harness.ts';
import { CMKS, ID, KEY, looks, type Script } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

type Page = Readonly<Record<string, unknown>>;
type Key = typeof KEY;

/** Keys in an order that is not that of their ids. */
const KEYS: readonly Key[] = Array.from({ length: 1_000 }, (_, at) => {
  const id = `${String((at * 7_919) % 1_000).padStart(8, '0')}-1234-4234-8234-12345678abcd`;
  const resource = `arn:aws:kms:eu-west-1:123456789012:key/${id}`;
  return { ...KEY, id, resource, default_cmk: at === 3, status: at % 10 === 0 ? 'old' : 'current' };
});
const [IN_USE = KEY] = KEYS;
const names = Array.from({ length: 5_000 }, (_, at) => `service-${at}`);

const SERVICES = names.map((service_name) => ({ service_name, cmk_id: IN_USE.id, state: 'RUNNING' }));
const status = (at: number) => (at === 4_321 ? 'deactivating' : 'active');
const ASSOCIATIONS = names.map((service_name, at) => ({ service_name, status: status(at) }));

/** An API with these keys, of which 5,000 services use the first; one moves from it. */
const apiOf =
  (keys: () => readonly Key[]): Script =>
  (seen) => {
    if (seen.path === CMKS) return [200, { cmks: keys() }];
    if (seen.path === '/service') return [200, { services: SERVICES }];
    return seen.path.endsWith('/service_associations') ? [200, { service_associations: ASSOCIATIONS }] : looks(seen);
  };

const idsOf = (pages: readonly Page[]) => pages.flatMap(({ cmks }) => (cmks as Key[]).map(({ id }) => id));

describe.each(CLIENTS)('a list that is larger than a result, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: { args: ['--toolsets', 'cmk,services,terraform'] } });

  /** Calls until there is no cursor, and checks the size of each result; `between` gets each page before the next call. */
  async function readAll(tool: string, args: object, between: (page: Page) => void = () => {}): Promise<Page[]> {
    const pages: Page[] = [];
    let cursor: unknown;
    do {
      const { payload, error } = await client.call(tool, { ...args, ...(cursor !== undefined && { cursor }) });
      expect(error).toBeUndefined();
      expect(encode(JSON.stringify(payload)).length).toBeLessThanOrEqual(10_000);
      pages.push(payload);
      between(payload);
      cursor = payload.next_cursor;
    } while (cursor !== undefined);
    return pages;
  }

  it('has each key once, although the last of each page is deleted before the next, and the order changes', async () => {
    let keys = KEYS;
    const { project } = api.scene(apiOf(() => keys));
    const totals: number[] = [];
    const pages = await readAll('aiven_cmk_list', { project }, (page) => {
      totals.push(keys.length);
      const last = idsOf([page]).at(-1);
      keys = keys.filter(({ id }) => id !== last).toReversed();
    });
    expect(idsOf(pages)).toStrictEqual(KEYS.map(({ id }) => id).sort());
    expect(pages.map(({ total }) => total)).toStrictEqual(totals);
    expect(pages[0]?.note).toMatch(/cursor.*status, provider, default_only/);
  });

  it('is filtered first, and a cursor goes with its project and filters alone', async () => {
    const { project } = api.scene(apiOf(() => KEYS));
    const old = await readAll('aiven_cmk_list', { project, status: 'old' });
    expect(idsOf(old).length).toBe(100);
    expect(old.length).toBeGreaterThan(1);
    const other = api.scene(apiOf(() => KEYS)).project;
    const cursor = old[0]?.next_cursor;
    for (const args of [{ project }, { project: other, status: 'old' }, { project, status: 'old', provider: 'aws' }]) {
      const { error } = await client.call('aiven_cmk_list', { ...args, cursor });
      expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('same project') });
    }
  });

  it.each([
    ['aiven_cmk_list', {}],
    ['aiven_cmk_services', { cmk_id: IN_USE.id }],
    ['aiven_cmk_export', {}],
  ])('of %s sends nothing for what is no cursor', async (tool, more) => {
    const { project, seen } = api.scene(apiOf(() => KEYS));
    const { error } = await client.call(tool, { project, ...more, cursor: 'no cursor' });
    expect(error).toMatchObject({ code: 'invalid_arguments' });
    expect(seen).toStrictEqual([]);
  });

  it('has the services of a key as far as they fit, their number, and how to get all', async () => {
    const { project } = api.scene(apiOf(() => KEYS.slice(0, 100)));
    const pages = await readAll('aiven_cmk_list', { project, include_services: true });
    const listed = pages.flatMap(({ cmks }) => cmks as (Key & { services: unknown[]; services_total?: number })[]);
    expect(listed).toHaveLength(100);
    const [used, ...more] = listed.filter(({ services }) => services.length > 0);
    expect(more).toStrictEqual([]);
    expect(used).toMatchObject({ id: IN_USE.id, services_total: 5_000 });
    expect(used?.services.length).toBeGreaterThan(50);
    expect(JSON.stringify(pages)).toMatch(/Not all services are shown.*aiven_cmk_services/);
  });

  it('of services is read in pages, too, and says what a poll waits for', async () => {
    const { project } = api.scene(apiOf(() => [KEY]));
    const pages = await readAll('aiven_cmk_services', { project, cmk_id: ID });
    const read = pages.flatMap(({ services }) => services as { service_name: string }[]);
    expect(read.map(({ service_name }) => service_name)).toStrictEqual(names.toSorted());
    expect(pages[0]).toMatchObject({ total: 5_000, note: expect.stringContaining('1 deactivating') });
  });

  it('of services of one key begins with those that are moving, beside the newest events', async () => {
    const events = Array.from({ length: 100 }, (_, at) => ({ event_desc: `${at} ${ID} ${'鿿'.repeat(500)}` }));
    const { project } = api.scene((...given) =>
      given[0].path === '/events' ? [200, { events }] : apiOf(() => [KEY])(...given),
    );
    const args = { project, cmk_id: ID, include_services: true, include_events: true };
    const [page] = await readAll('aiven_cmk_get', args);
    expect(page).toMatchObject({ cmk: KEY, services_total: 5_000, events_total: 100 });
    expect(page?.services).toMatchObject({ 0: { service_name: 'service-4321', status: 'deactivating' } });
    expect(page?.warnings).toMatchObject([
      expect.stringContaining('aiven_cmk_services'),
      expect.stringMatching(/newest \d/),
    ]);
  });

  it('is exported to Terraform in pages, each resource once under a name of its own', async () => {
    const { project } = api.scene(apiOf(() => KEYS.slice(0, 200)));
    const pages = await readAll('aiven_cmk_export', { project });
    const hcl = pages.map((page) => String(page.hcl)).join('\n');
    const resources = [...hcl.matchAll(/^resource "aiven_cmk" "(\w+)"/gm)].map(([, name]) => name);
    expect(new Set(resources).size).toBe(200);
    expect(resources).toHaveLength(200);
    expect(pages.reduce((sum, { exported }) => sum + Number(exported), 0)).toBe(200);
  });

  it('is exported without a part of a resource, however long that is', async () => {
    const exported: unknown[] = [];
    for (let length = 8_780; length < 8_800; length += 1) {
      const long = { ...KEY, resource: 'r'.repeat(length) };
      const { project } = api.scene(() => [200, { cmks: [long] }]);
      const { payload } = await client.call('aiven_cmk_export', { project });
      expect(payload).not.toHaveProperty('warnings');
      expect(payload.exported === 1).toBe(String(payload.hcl).includes(long.resource));
      exported.push(payload.exported);
    }
    expect(exported).toStrictEqual(expect.arrayContaining([0, 1])); // Lengths on both sides of what fits.
  });

  it('has no note and no cursor but its own', async () => {
    const { project } = api.scene(() => [200, { cmks: [KEY], total: 'many', next_cursor: null, note: 'n' }]);
    const { payload } = await client.call('aiven_cmk_list', { project });
    expect(payload).toStrictEqual({ cmks: [KEY], total: 1 });
  });

  it('is as small where fields are huge that the API does not have today', async () => {
    const huge = { ...KEY, tags: 'x'.repeat(500_000) };
    const { project } = api.scene(({ path }) =>
      path === CMKS
        ? [200, { cmks: [huge, { ...KEY, id: 'z' }], paging: ['y'.repeat(500_000)] }]
        : [200, { cmk: huge }],
    );
    const pages = await readAll('aiven_cmk_list', { project });
    expect(idsOf(pages)).toStrictEqual([ID, 'z']);
    expect(pages[0]?.warnings).toMatchObject([
      expect.stringContaining('paging[0]'),
      expect.stringContaining('tags: the first'),
    ]);
    const named = api.scene(() => [200, { service_associations: [{ service_name: 'n'.repeat(20_000) }] }]);
    const [services] = await readAll('aiven_cmk_services', { project: named.project, cmk_id: ID });
    expect(services).toMatchObject({ total: 1, warnings: [expect.stringContaining('service_name: the first')] });
    const { payload } = await client.call('aiven_cmk_get', { project, cmk_id: ID });
    expect(JSON.stringify(payload).length).toBeLessThanOrEqual(10_000);
    expect(payload).toMatchObject({ cmk: { id: ID }, warnings: [expect.stringContaining('cmk.tags')] });
  });
});
