import { describe, expect, it } from 'vitest';
import type { Extensions } from '../fixtures/clients.ts';
import { CLIENTS } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, startHttp } from '../fixtures/http-harness.ts';
import { PAGE_ORIGIN, pageEnvironment, tokensFile } from '../fixtures/page-server.ts';
import { INVENTORY_URI, readView, UI } from '../fixtures/ui.ts';

const [[EXTENSION, SETTINGS] = ['', {}]] = Object.entries(UI);
const { mimeTypes: [MIME_TYPE = ''] = [] } = SETTINGS;

/** What a client without MCP Apps is shown of the resources. */
const PROJECTS = {
  uri: 'aiven://projects',
  name: 'projects',
  title: 'Aiven projects',
  description: 'Names of the projects that calls can name',
  mimeType: 'application/json',
};

const PLACE = '<meta name="approval-page" content="">';

/** Declarations that are not the one of MCP Apps. */
const OTHERS: readonly Extensions[] = [
  { [EXTENSION]: {} },
  { [EXTENSION]: { mimeTypes: [] } },
  { [EXTENSION]: { mimeTypes: ['text/html', `${MIME_TYPE};v=2`] } },
  { [EXTENSION]: { mimeTypes: MIME_TYPE as unknown as string[] } }, // A client may send anything.
  { 'io.modelcontextprotocol/UI': { mimeTypes: [MIME_TYPE] } },
];

describe.each(CLIENTS)('the inventory view, through $title', ({ open }) => {
  it('is declared on the tools to a client with MCP Apps, whose views may call no tool that writes', async () => {
    const client = await open({ args: ['--sandbox', '--toolsets', 'cmk,services,terraform'], extensions: UI });
    const { tools } = await client.list();
    expect(Object.fromEntries(tools.flatMap(({ name, _meta }) => (_meta ? [[name, _meta]] : [])))).toStrictEqual({
      aiven_cmk_create: { ui: { visibility: ['model'] } },
      aiven_cmk_list: { ui: { resourceUri: INVENTORY_URI } },
      aiven_cmk_update: { ui: { visibility: ['model'] } },
      aiven_cmk_delete: { ui: { visibility: ['model'] } },
      aiven_cmk_access_check: { ui: { visibility: ['model'] } },
      aiven_cmk_assign: { ui: { visibility: ['model'] } },
    });
    const { resources } = await client.sdk.listResources();
    expect(resources.slice(1)).toMatchObject([{ uri: INVENTORY_URI, name: 'inventory', mimeType: MIME_TYPE }]);
    await client.close();
  });

  it('is a page that takes nothing from outside, and names no approval page where there is none', async () => {
    const client = await open({ args: ['--sandbox'], extensions: UI });
    const { uri, mimeType, text, _meta } = await readView(client);
    expect({ uri, mimeType }).toStrictEqual({ uri: INVENTORY_URI, mimeType: MIME_TYPE });
    expect(_meta.ui.csp).toStrictEqual({
      connectDomains: [],
      resourceDomains: [],
      frameDomains: [],
      baseUriDomains: [],
    });
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).toContain(PLACE);
    await client.close();
  });

  it('changes nothing for a client that does not declare MCP Apps as the specification says', async () => {
    const withUi = await open({ args: ['--sandbox'], extensions: UI });
    const stripped = (await withUi.list()).tools.map(({ _meta, ...tool }) => tool);
    await withUi.close();
    for (const extensions of [undefined, ...OTHERS]) {
      const client = await open({ args: ['--sandbox'], ...(extensions && { extensions }) });
      // The same text: also what a model reads of a tool is the same with MCP Apps.
      expect(JSON.stringify((await client.list()).tools)).toBe(JSON.stringify(stripped));
      expect((await client.sdk.listResources()).resources).toStrictEqual([PROJECTS]);
      await client.close();
    }
  });

  it('does not exist where its tool does not', async () => {
    const client = await open({ args: ['--sandbox', '--toolsets', 'services'], extensions: UI });
    expect((await client.sdk.listResources()).resources).toStrictEqual([PROJECTS]);
    await expect(readView(client)).rejects.toThrow(/not found/i);
    await client.close();
  });

  it('is one of two resources, of which no other spelling is read', async () => {
    const client = await open({ args: ['--sandbox'], extensions: UI });
    for (const uri of [`${INVENTORY_URI}/`, `${INVENTORY_URI}.html`, 'inventory', ''])
      await expect(client.sdk.readResource({ uri }), uri).rejects.toThrow(/not found/i);
    await client.close();
  });
});

it('a server over HTTP keeps no declaration of an older client, and takes each of a newer one', async () => {
  const server = await startHttp(['--sandbox']);
  const shown = [];
  for (const { connect } of HTTP_CLIENTS) {
    for (const options of [{ extensions: UI }, {}]) {
      const client = await connect(server.origin, options);
      const tools = await client.tools();
      shown.push(tools.some(({ _meta }) => _meta !== undefined));
      await client.close();
    }
  }
  expect(shown).toStrictEqual([false, false, true, false]);
  await server.stop();
});

it('the view is not for a caller that cannot list keys, and has the address of the approval page where there is one', async () => {
  const reader = tokensFile('reader', 'cmk:read');
  const writer = tokensFile('writer', 'cmk:write');
  for (const { file, token, remove } of [reader, writer]) {
    const environment = pageEnvironment({ url: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1');
    const server = await startHttp([], { ...environment, AIVEN_CMK_HTTP_TOKENS_FILE: file });
    for (const { connect } of HTTP_CLIENTS) {
      const client = await connect(server.origin, { token, extensions: UI });
      if (token === writer.token) await expect(readView(client)).rejects.toThrow(/not (?:found|support)/i);
      else expect((await readView(client)).text).toContain(PLACE.replace('""', `"${PAGE_ORIGIN}/approvals"`));
      await client.close();
    }
    await server.stop();
    remove();
  }
});
