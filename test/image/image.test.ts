import { createHash } from 'node:crypto';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { SDKS } from '../fixtures/clients.ts';
import { buildImage, type Image } from './buildah.ts';
import { type Container, start } from './container.ts';

const TOKEN = 'a-static-token-of-this-test';
const sha256 = createHash('sha256').update(TOKEN).digest('hex');

describe('the image, on a read-only file system as its own user', () => {
  const secrets = mkdtempSync(join(tmpdir(), 'aiven-cmk-secrets-'));
  let image: Image;
  let server: Container;
  let origin: string;

  beforeAll(async () => {
    image = await buildImage();
    const file = join(secrets, 'tokens');
    writeFileSync(file, `test cmk:read,cmk:write,cmk:delete ${sha256}\n`, { mode: 0o440 });
    const [uid = 0, gid = 0] = image.config.User.split(':').map(Number);
    for (const path of [secrets, file]) chownSync(path, uid, gid);
    // The image's own command, but on a free port and without an Aiven token.
    const { Entrypoint, Cmd } = image.config;
    const command = [...Entrypoint, ...Cmd.map((arg) => arg.replace(':8080', ':0')), '--sandbox'];
    server = start(image, command, { secrets, env: { AIVEN_CMK_HTTP_TOKENS_FILE: '/run/tokens' } });
    const [, port] = /:(\d+)\/mcp/.exec(await server.output.line('listening on')) ?? [];
    origin = `http://127.0.0.1:${port}`;
  });
  afterAll(() => {
    image?.remove();
    rmSync(secrets, { recursive: true });
  });

  /** Runs Node code in a container of the image. Resolves with its exit code and its output. */
  async function evaluate(command: readonly string[]) {
    const { output, exited } = start(image, command, { secrets });
    return { code: await exited, text: output.text() };
  }

  it('holds the program, its licence and its bill of materials, and nothing that the build needed', () => {
    expect(readdirSync(join(image.root, 'app')).sort()).toStrictEqual(['LICENSE', 'dist', 'package.json']);
    expect(readdirSync(join(image.root, 'root'))).toStrictEqual([]);
    const list = JSON.parse(readFileSync(join(image.root, 'app/dist/sbom.cdx.json'), 'utf8'));
    expect(list.metadata.component).toMatchObject({ name: packageJson.name, version: packageJson.version });
    expect(image.config.Labels).toMatchObject({ 'org.opencontainers.image.version': packageJson.version });
  });

  it.each(SDKS)('serves $title, which lists the tools and calls one', async ({ http, connect }) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const client = await connect(http(new URL('/mcp', origin), { requestInit: { headers } }));
    const { tools } = await client.list();
    expect(tools).toHaveLength(6);
    const { isError, payload } = await client.call('aiven_cmk_list', { project: 'sandbox' });
    expect([isError, payload]).toStrictEqual([false, { cmks: expect.any(Array), total: 4 }]);
    await client.close();
  });

  it('lets nobody in without the token', async () => {
    expect((await fetch(new URL('/mcp', origin), { method: 'POST' })).status).toBe(401);
  });

  it('runs as user and group 10001 alone, without capabilities and without a way to gain them', () => {
    const status = readFileSync(`/proc/${server.pid()}/status`, 'utf8');
    expect(Object.fromEntries([...status.matchAll(/^(\w+):\t(.*?)\s*$/gm)].map((line) => line.slice(1)))).toMatchObject(
      {
        Uid: '10001\t10001\t10001\t10001',
        Gid: '10001\t10001\t10001\t10001',
        Groups: '',
        NSpid: expect.stringMatching(/\t1$/),
        CapPrm: '0'.repeat(16),
        CapEff: '0'.repeat(16),
        NoNewPrivs: '1',
      },
    );
  });

  it('can write nowhere', async () => {
    const write = `process.stdout.write(['/app', '/tmp', '/run'].map((at) => {
      try { fs.writeFileSync(at + '/x', ''); return at; } catch (error) { return error.code; }
    }).join());`;
    expect(await evaluate(['node', '-e', write])).toStrictEqual({ code: 0, text: 'EROFS,EROFS,EROFS' });
  });

  it('has a health check that passes while it serves, and fails at a port where nothing does', async () => {
    const [, ...check] = image.config.Healthcheck.Test;
    const at = (port: string) => evaluate(check.map((part) => part.replace(':8080', `:${port}`)));
    expect((await at(new URL(origin).port)).code).toBe(0);
    expect((await at('1')).code).toBe(1);
  });

  it('ends with 0 on SIGTERM, as process 1', async () => {
    process.kill(server.pid(), 'SIGTERM');
    expect(await server.exited).toBe(0);
  });

  it('leaves no mount on the machine', () => {
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(image.root);
  });
});
