import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openPageEnv, type PageEnv } from '../test/fixtures/page-env.ts';
import { startRedis } from '../test/fixtures/redis.ts';
import { nonceIn, Visitor } from '../test/fixtures/visitor.ts';
import { type Client, type HttpClient, succeed } from './clients.ts';
import { measureGrowth, openWhenListening, requestMixed } from './heap.ts';
import { OUR_HTTP } from './http-cpu.ts';

/** Every so many requests, one is a deletion with all that belongs to it: two calls and a person's decision on the page. */
const DELETION_EVERY = 25;

/** Every so many deletions, the second call is made before the decision and waits for it. */
const WAITING_EVERY = 50;

/** How often a deletion may be tried whose request expired before its decision, as on a busy machine. */
const ATTEMPTS = 5;

/** Maximum time of a decision, in milliseconds. The server watches each request for so long, and keeps it in memory meanwhile. */
const TIMEOUT_MS = 3_000;

/** Time after which the server has let all requests go that were decided, in milliseconds. */
const DRAIN_MS = TIMEOUT_MS + 500;

const PERSON = 'bench-person';
const ID = '12345678-1234-1234-1234-123456780001';
const DELETION = { project: 'unused', cmk_id: ID, confirm_cmk_id: ID };

/**
 * Returns how much the live heap of the HTTP server with approvals on its page and Redis grows with each of a number of calls, in
 * bytes, or an Error that says why it is not measured. @throws Error if a deletion that a person approved fails.
 */
export async function measureApprovalGrowth(calls: number): Promise<number | Error> {
  if (spawnSync('redis-server', ['--version']).error) return new Error('redis-server is not installed');
  const redis = await startRedis();
  const page = await openPageEnv('bench', PERSON);
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-key-'));
  const key = join(folder, 'key');
  writeFileSync(key, 'a-signing-key-of-32-or-more-characters\n', { mode: 0o600 });
  const program = (api: string) => {
    const { args, env } = OUR_HTTP.program(api);
    const store = { AIVEN_CMK_STORE_URL: redis.url.expose(), AIVEN_CMK_SIGNING_KEY_FILE: key };
    const limit = { AIVEN_CMK_APPROVAL_TIMEOUT_MS: String(TIMEOUT_MS) };
    return { args: [...args.slice(0, 1), ...page.args], env: { ...env, ...page.env, ...store, ...limit } };
  };
  const deletions = new Deletions(page);
  let opened: HttpClient | undefined;
  try {
    return await measureGrowth(
      {
        program,
        open: async (child) => {
          const client = await openWhenListening(child, { authorization: `Bearer ${page.token}` });
          opened = client;
          return client;
        },
        request: (client, index) =>
          index % DELETION_EVERY === 0 ? deletions.next(client) : requestMixed(client, index),
        async drain() {
          await setTimeout(DRAIN_MS); // The server says nowhere that it watches nothing.
          opened?.close(); // It may be about to close connections that were not used meanwhile.
        },
      },
      calls,
    );
  } finally {
    await Promise.all([redis.stop(), page.close()]);
    rmSync(folder, { recursive: true });
  }
}

/** Deletions of one key, one after the other: a caller's second call for the same deletion would be about the same request. */
class Deletions {
  readonly #page: PageEnv;
  readonly #person = new Visitor();
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  constructor(page: PageEnv) {
    this.#page = page;
  }

  /** Deletes the key when the deletion before has ended. */
  next(client: Client): Promise<unknown> {
    this.#last = this.#last.then(() => this.#delete(client));
    return this.#last;
  }

  /** Deletes the key with an approval. @throws Error if that fails, or if no decision came in time in any attempt. */
  async #delete(client: Client): Promise<void> {
    this.#count += 1;
    const remove = () => succeed(client, 'aiven_cmk_delete', DELETION);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const id = await this.#request(client);
      const waiting = this.#count % WAITING_EVERY === 0 ? remove() : undefined;
      const ended = waiting?.then(
        () => {},
        () => {}, // Where no decision came in time.
      );
      if (await this.#approve(id)) {
        await (waiting ?? remove());
        return;
      }
      await ended;
    }
    throw new Error(`No deletion was approved in time in ${ATTEMPTS} attempts.`);
  }

  /** Calls for the deletion, which needs an approval. Resolves with the id of the request. */
  async #request(client: Client): Promise<string> {
    const { result } = await client.request('tools/call', { name: 'aiven_cmk_delete', arguments: DELETION });
    const content = result?.structuredContent as { error?: { approval?: { id: string } } } | undefined; // As its schema says.
    const id = content?.error?.approval?.id;
    if (id === undefined) throw new Error(`A deletion was not pending: ${JSON.stringify(result)}`);
    return id;
  }

  /** Approves a request on its page. Resolves to whether it was still pending. */
  async #approve(id: string): Promise<boolean> {
    const { origin } = this.#page;
    const url = `${origin}/approvals/${id}`;
    let page = await this.#person.follow(url);
    if (page.text.includes('/approvals/sign-in')) page = await this.#person.signIn(origin, PERSON, id);
    const nonce = nonceIn(page, 'approve');
    if (nonce === '') return false;
    const { status } = await this.#person.submit(`${url}/approve`, { confirm: ID, reason: 'bench', nonce });
    return status < 400;
  }
}
