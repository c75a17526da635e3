import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectedClient } from '../fixtures/clients.ts';
import { CONTRACT, checkContract } from '../fixtures/contract.ts';
import { TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, type HttpServer, spawnHttp } from '../fixtures/http-harness.ts';
import { SPAWNED } from '../fixtures/spawned.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const api = apiForSuite();
const env = () => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });

// The rows of test/protocol/contract.test.ts, once for each way to the program as it ships.
describe.each(SPAWNED)('the contract of the built program, over stdio through $title', ({ open }) => {
  let client: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    client = await open({ env: env() });
  });
  afterAll(async () => {
    expect(client.stderr()).not.toContain(TOKEN);
    await client.close();
  });

  it.each([...CONTRACT])('$tool sends $requests and passes the answer on as it came', (row) =>
    checkContract(api, client, row),
  );
});

describe('the contract of the built program, over HTTP', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await spawnHttp(['--insecure-no-sign-in'], env());
  });
  afterAll(async () => {
    expect(server.stderr()).not.toContain(TOKEN);
    expect(await server.stop()).toBe(0);
  });

  describe.each(HTTP_CLIENTS)('through $title', ({ connect }) => {
    let client: ConnectedClient;
    beforeAll(async () => {
      client = await connect(server.origin);
    });
    afterAll(() => client.close());

    it.each([...CONTRACT])('$tool sends $requests and passes the answer on as it came', (row) =>
      checkContract(api, client, row),
    );
  });
});
