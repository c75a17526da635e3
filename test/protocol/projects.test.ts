import { describe, expect, it, vi } from 'vitest';
import { CLIENTS, type TestClient, TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, startHttp } from '../fixtures/http-harness.ts';
import { tokensFile } from '../fixtures/page-server.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const URI = 'aiven://projects';

describe.each(CLIENTS)('the projects, through $title', ({ open }) => {
  const api = apiForSuite();

  async function read({ sdk }: TestClient): Promise<unknown> {
    const { contents } = await sdk.readResource({ uri: URI });
    const [content] = contents;
    expect(content).toMatchObject({ uri: URI, mimeType: 'application/json' });
    return JSON.parse(String((content as { text?: string } | undefined)?.text));
  }

  it('are a resource, read with the token, with a line in the audit log', async () => {
    const client = await open({ args: ['--sandbox'] });
    const { resources } = await client.sdk.listResources();
    expect(resources).toMatchObject([{ uri: URI, name: 'projects' }]);
    expect(await read(client)).toStrictEqual({ projects: ['sandbox', 'sandbox-empty', 'sandbox-viewer'] });
    await vi.waitFor(() => expect(client.audit()).toMatchObject([{ event: 'resource', outcome: 'ok' }]));
    await client.close();
  });

  it('are those that the server is limited to, without a request', async () => {
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
    const client = await open({ args: ['--project', 'one', '--project', 'two'], env });
    const before = api.stray.length;
    expect(await read(client)).toStrictEqual({ projects: ['one', 'two'] });
    expect(api.stray).toHaveLength(before);
    await client.close();
  });

  it('are as many as a model can read, with their number', async () => {
    const names = Array.from({ length: 2_000 }, (_, at) => `project-${at}`);
    const client = await open({ args: names.flatMap((name) => ['--project', name]), env: { AIVEN_TOKEN: TOKEN } });
    const found = (await read(client)) as { projects: string[]; total: number; note: string };
    expect(JSON.stringify(found).length).toBeLessThanOrEqual(10_000);
    expect(found).toMatchObject({ total: 2_000, note: expect.stringContaining('more') });
    expect(found.projects.length).toBeGreaterThan(500);
    expect(found.projects).toStrictEqual(names.slice(0, found.projects.length));
    await client.close();
  });

  it('that cannot be read are an error that says why, and complete to nothing', async () => {
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
    const client = await open({ env });
    // The scripted API answers 404 outside its scenes.
    await expect(read(client)).rejects.toThrow(/404.*no scene/);
    const ref = { type: 'ref/prompt' as const, name: 'review_cmks' };
    const { completion } = await client.sdk.complete({ ref, argument: { name: 'project', value: '' } });
    expect(completion.values).toStrictEqual([]);
    await vi.waitFor(() => {
      const events = client.audit().map(({ event, outcome }) => `${event} ${outcome}`);
      expect(events).toStrictEqual(['resource not_found', 'completion not_found']);
    });
    await client.close();
  });
});

it('the projects are not for a caller without cmk:read', async () => {
  const { file, token, remove } = tokensFile('writer', 'cmk:write');
  const server = await startHttp(['--sandbox'], { AIVEN_CMK_HTTP_TOKENS_FILE: file });
  for (const { connect } of HTTP_CLIENTS) {
    const { sdk, close } = await connect(server.origin, { token });
    await expect(sdk.readResource({ uri: URI })).rejects.toThrow(/not (?:found|support)/i);
    const ref = { type: 'ref/prompt' as const, name: 'review_cmks' };
    const { completion } = await sdk.complete({ ref, argument: { name: 'project', value: '' } });
    expect(completion.values).toStrictEqual([]);
    await close();
  }
  await server.stop();
  remove();
});
