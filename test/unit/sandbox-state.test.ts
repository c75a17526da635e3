import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../src/aiven/sandbox/api.ts';
import { StateError } from '../../src/aiven/sandbox/state.ts';
import { FileState } from '../../src/aiven/sandbox/state-file.ts';
import { SANDBOX_TOKEN } from '../../src/aiven/sandbox/token.ts';
import { checkSandboxState } from '../../src/app/sandbox-state.ts';
import { AWS } from '../fixtures/scripted-api.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-state-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const newFile = () => join(folder, `state-${++count}.json`);

/** What a response may hold. */
interface Json {
  readonly cmks: readonly { readonly id: string }[];
  readonly service: { readonly state: string };
  readonly message: string;
}

/** Sends a request to a sandbox that keeps its state in a file, opened anew, which waits for others for as long as is given. */
async function send(file: string, path: string, method = 'GET', body?: object, lockMs?: number) {
  const init = { method, headers: { authorization: `Bearer ${SANDBOX_TOKEN}` } };
  const request = new Request(`https://a.invalid/v1/project/sandbox${path}`, {
    ...init,
    ...(body && { body: JSON.stringify(body) }),
  });
  const response = await createSandbox(new FileState(file, lockMs))(request);
  return { status: response.status, json: (await response.json()) as Json }; // Of the sandbox's own form.
}

const create = (file: string, n: number, lockMs?: number) =>
  send(file, '/secrets/cmks', 'POST', { provider: 'aws', resource: `${AWS}-${n}` }, lockMs);
const keysIn = async (file: string) => (await send(file, '/secrets/cmks')).json.cmks;

describe('a sandbox with a state file', () => {
  it('is the same one when it is opened again, moves of services included', async () => {
    const file = newFile();
    expect(await keysIn(file)).toHaveLength(4);
    const [{ id } = { id: '' }] = await keysIn(file);
    expect((await create(file, 1)).status).toBe(201);
    await send(file, '/service/orders-pg', 'PUT', { cmk_id: id });
    expect(await keysIn(file)).toHaveLength(5);
    expect((await send(file, '/service/orders-pg')).json.service.state).toBe('REBALANCING');
  });

  it('loses nothing of what happens at the same time, and leaves no other file', async () => {
    const file = join(mkdtempSync(join(folder, 'alone-')), 'state.json');
    const created = await Promise.all(Array.from({ length: 8 }, (_, n) => create(file, n)));
    expect(created.map(({ status }) => status)).toStrictEqual(Array(8).fill(201));
    expect(await keysIn(file)).toHaveLength(12);
    expect(readdirSync(join(file, '..'))).toStrictEqual(['state.json']);
  });

  it('keeps a symbolic link', async () => {
    const [file, link] = [newFile(), newFile()];
    writeFileSync(file, '');
    rmSync(file);
    await create(file, 1);
    symlinkSync(file, link);
    await create(link, 2);
    expect(await keysIn(file)).toHaveLength(6);
  });

  it('waits for one that has the file, and says after a time who may have left it', async () => {
    const file = newFile();
    writeFileSync(`${file}.lock`, '');
    const refused = await create(file, 1, 50);
    expect([refused.status, refused.json.message]).toStrictEqual([
      423,
      expect.stringContaining(`${file}.lock is there`),
    ]);
    expect(existsSync(file)).toBe(false);
    const waiting = new FileState(file).use(({ size }) => size);
    rmSync(`${file}.lock`);
    expect(await waiting).toBe(3);
  });
});

describe('a file of another form', () => {
  const valid = { aiven_cmk_sandbox: 1, projects: {} };
  it.each<[string, string]>([
    ['nothing', ''],
    ['text', 'export A=1'],
    ['JSON of something else', '{"cmks":[]}'],
    ['a list', '[]'],
    ['another version', JSON.stringify({ ...valid, aiven_cmk_sandbox: 2 })],
    [
      'a key without an id',
      JSON.stringify({ ...valid, projects: { a: { cmks: [{}], services: [], operator: true } } }),
    ],
    ['a field beside', JSON.stringify({ ...valid, more: 1 })],
  ])('is refused and left as it is: %s', async (_case, text) => {
    const file = newFile();
    writeFileSync(file, text);
    expect((await create(file, 1)).status).toBe(423);
    await expect(checkSandboxState(file)).rejects.toMatchObject({
      code: 'invalid_settings',
      message: expect.stringMatching(/^--state .*\.$/),
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is refused where it is a folder or in none', async () => {
    for (const file of [folder, join(folder, 'no', 'such')])
      await expect(new FileState(file, 50).use(() => 0)).rejects.toThrow(StateError);
  });
});
