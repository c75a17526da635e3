import { describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';

const served = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const command = await readCommand(['--sandbox', ...args], env);
  return command.kind === 'serve' ? command.config : undefined;
};

describe('the settings of HTTP', () => {
  it('are read from flags and variables', async () => {
    const config = await served(['--http', '0', '--metrics', '[::1]:9464'], { AIVEN_CMK_HTTP_CONNECTIONS: '7' });
    expect(config).toMatchObject({ metrics: { host: '[::1]', port: 9_464 }, httpConnections: 7 });
    const more = await served(['--http', '0'], { AIVEN_CMK_METRICS: '9464' });
    expect(more).toMatchObject({ metrics: { host: '127.0.0.1', port: 9_464 }, httpConnections: 1_024 });
    expect((await served(['--http', '0']))?.metrics).toBeUndefined();
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['metrics without HTTP', ['--metrics', '9464'], {}, /--metrics is given without --http/],
    ['metrics without HTTP in the variable', [], { AIVEN_CMK_METRICS: '9464' }, /--metrics is given without --http/],
    ['metrics at no port', ['--http', '0', '--metrics', '65536'], {}, /--metrics is "65536": it takes PORT/],
    ['metrics twice', ['--http', '0', '--metrics', '1', '--metrics', '2'], {}, /more than once/],
    ['no connections', ['--http', '0'], { AIVEN_CMK_HTTP_CONNECTIONS: '0' }, /HTTP_CONNECTIONS.* from 1 to 100000/],
  ])('refuse %s', async (_case, args, env, message) => {
    await expect(served(args, env)).rejects.toThrow(message);
  });

  it.each(['http', 'metrics'])('refuse --%s beside another command', async (flag) => {
    await expect(readCommand(['doctor', '--sandbox', `--${flag}`, '0'], {})).rejects.toThrow(`--${flag} is given with`);
  });
});
