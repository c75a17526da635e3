import { describe, expect, it } from 'vitest';
import { candidatesFor } from '../../src/app/command-line/candidates.ts';
import { COMMANDS } from '../../src/app/command-line/commands.ts';
import { usage } from '../../src/app/command-line/usage.ts';
import { readCommand } from '../../src/app/config/config.ts';
import { CmkError } from '../../src/core/errors.ts';
import { TOKEN } from '../fixtures/harness.ts';
import { ID } from '../fixtures/scripted-api.ts';

const words = (line: string) => line.split(' ').filter(Boolean);

/** The call that a command line describes. */
async function callOf(line: string, env: Record<string, string> = {}) {
  const command = await readCommand(words(line), env);
  if (command.kind !== 'tool') throw new Error(`It is ${command.kind}.`);
  return command;
}

/** The message with which a command line is refused. */
async function refusal(line: string, env: Record<string, string> = {}): Promise<string> {
  const error = await readCommand(words(line), env).catch((thrown: unknown) => thrown);
  if (error instanceof CmkError && error.code === 'invalid_settings') return error.message;
  throw new Error(`${line} was not refused.`);
}

describe('the command of a tool', () => {
  it.each<[string, string, object]>([
    [`get ${ID} --sandbox`, 'aiven_cmk_get', { cmk_id: ID }],
    [`--sandbox get --cmk-id ${ID} --include-services`, 'aiven_cmk_get', { cmk_id: ID, include_services: true }],
    [
      `get ${ID} --cmk-id=${ID} --include-services no --sandbox`,
      'aiven_cmk_get',
      { cmk_id: ID, include_services: false },
    ],
    [`update ${ID} --default-cmk --sandbox`, 'aiven_cmk_update', { cmk_id: ID, default_cmk: true }],
    [`update --no-default-cmk ${ID} --sandbox`, 'aiven_cmk_update', { cmk_id: ID, default_cmk: false }],
    [`update --default-cmk false ${ID} --sandbox`, 'aiven_cmk_update', { cmk_id: ID, default_cmk: false }],
    [
      'create --provider aws --resource r --dry-run --sandbox',
      'aiven_cmk_create',
      { provider: 'aws', resource: 'r', dry_run: true },
    ],
    [`delete ${ID} --confirm-cmk-id x --sandbox`, 'aiven_cmk_delete', { cmk_id: ID, confirm_cmk_id: 'x' }],
    [`assign pg --cmk-id ${ID} --sandbox`, 'aiven_cmk_assign', { service: 'pg', cmk_id: ID }],
    [`check-access ${ID} --sandbox`, 'aiven_cmk_access_check', { cmk_id: ID }],
  ])('%s calls %s', async (line, name, args) => {
    const { call, config } = await callOf(line);
    expect([call.name, call.args, config.toolsets]).toStrictEqual([name, args, ['cmk', 'services', 'terraform']]);
  });

  it.each<[string, string[]]>([
    ['get --sandbox', ['CMK_ID is missing', 'get CMK_ID']],
    ['create --provider aws --sandbox', ['--resource is missing']],
    [`get ${ID} --cmk-id x --sandbox`, ['--cmk-id is given more than once']],
    [`get --cmk-id x --cmk-id ${ID} --sandbox`, ['--cmk-id is given more than once']],
    [`get ${ID} extra --sandbox`, ['"extra"', 'get takes CMK_ID']],
    ['list extra --sandbox', ['"extra"', 'list takes no argument']],
    [`update ${ID} --default-cmk=perhaps --sandbox`, ['--default-cmk is "perhaps"', 'true or false']],
    ['get --cmk-id --sandbox', ['--cmk-id lacks its value']],
    ['get --sandbox --cmk-id', ['--cmk-id lacks its value']],
    ['list --sandbx', ['did you mean --sandbox?']],
    ['list --confirm-cmk-id x --sandbox', ['"--confirm-cmk-id" is not known']],
    ['list --sandbox --http 0', ['--http is given with']],
    ['list --sandbox=yes', ['--sandbox']],
    ['list', ['AIVEN_TOKEN is not set']],
    [`delete ${ID} --yes --approval required --sandbox`, ['--yes', 'approval is required']],
    ['help lsit', ['did you mean list?']],
    ['help list get', ['more than one command']],
    ['doctor --state x', ['--state is given without --sandbox']],
  ])('%s is refused', async (line, parts) => {
    const message = await refusal(line);
    expect(message).toMatch(/^[^\n]{1,400}$/);
    for (const part of parts) expect(message).toContain(part);
  });

  it('repeats nothing of what may be a secret', async () => {
    const secret = 'avnV1ABCDEFghijkl0123456789+/abcdefXYZ=';
    for (const line of [`list --${secret}`, `list ${secret} --sandbox`, secret, `help ${secret}`]) {
      expect(await refusal(line)).not.toContain(secret.slice(0, 20));
    }
  });

  it('keeps to the toolsets and the approval that an operator has set', async () => {
    const { config } = await callOf('list --sandbox', { AIVEN_CMK_TOOLSETS: 'cmk' });
    expect(config.toolsets).toStrictEqual(['cmk']);
    expect(await refusal(`delete ${ID} --yes --sandbox`, { AIVEN_CMK_APPROVAL: 'required' })).toContain('--yes');
    expect((await callOf(`delete ${ID} --yes --sandbox`)).config.approval).toBe('argument');
  });
});

describe('a variable with our prefix', () => {
  it.each([
    ['READ_ONLY', 'true', 'false', (config: { readOnly: boolean }) => config.readOnly === true],
    ['PROJECT', 'a', 'b', (config: { projects: readonly string[] }) => config.projects[0] === 'a'],
    ['API_ORIGIN', 'https://a.example', 'https://b.example', (config: { origin: string }) => /a\./.test(config.origin)],
  ])('AIVEN_CMK_%s is the name without it, and both must agree', async (name, value, other, isSet) => {
    const [ours, former] = [`AIVEN_CMK_${name}`, `AIVEN_${name}`];
    for (const env of [{ [ours]: value }, { [former]: value }, { [ours]: value, [former]: value }])
      expect(isSet((await callOf('list --sandbox', env)).config), JSON.stringify(env)).toBe(true);
    expect(await refusal('list --sandbox', { [ours]: value, [former]: other })).toContain(`${ours} and ${former}`);
    expect(await refusal('list --sandbox', { [ours]: value, [former]: '' })).toContain('empty');
  });

  it('holds the token, too, which no message repeats', async () => {
    const { config } = await callOf('list', { AIVEN_CMK_TOKEN: TOKEN });
    expect(config.token?.expose()).toBe(TOKEN);
    const both = await refusal('list', { AIVEN_CMK_TOKEN: TOKEN, AIVEN_TOKEN: `${TOKEN}x` });
    expect(both).toContain('differ');
    expect(both).not.toContain(TOKEN);
    expect(await refusal('list', { AIVEN_CMK_TOKEN: TOKEN, AIVEN_TOKEN_FILE: '/x' })).toContain('are both set');
    expect(await refusal('list', { AIVEN_CMK_TOKEN: TOKEN, AIVEN_CMK_PROJECT: TOKEN })).toContain(
      'holds the Aiven token',
    );
  });
});

it('call without a tool is refused for that, whether or not there is a token', async () => {
  expect(await refusal('call')).toContain('call lacks a tool');
  expect(await refusal('call --sandbox')).toContain('call lacks a tool');
});

describe('the usage', () => {
  it.each([undefined, ...COMMANDS.keys()])('of %s fits into 80 columns and into 40', (topic) => {
    for (const line of usage(topic, 200).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    // An example stays whole, and so does a word that is longer than the line.
    const lines = usage(topic, 40).split('\n');
    for (const line of lines.filter((each) => !/^ {2}aiven-cmk-mcp|^\s*\S+$/.test(each)))
      expect(line.length, line).toBeLessThanOrEqual(40);
    expect(lines).toContain('Examples:');
  });

  it('is of a command where one is named', async () => {
    for (const line of ['help get', 'get --help', 'get -h', '-h get', `get ${ID} --help --sandbox`])
      expect(await readCommand(words(line), {}), line).toStrictEqual({ kind: 'help', topic: 'get' });
    expect(await readCommand(['help'], {})).toStrictEqual({ kind: 'help' });
    expect(usage('get')).toMatch(/^Usage: aiven-cmk-mcp get CMK_ID \[options\]\n.*--include-services/s);
  });
});

describe('the usage of the command of a tool', () => {
  const tools = [...COMMANDS].filter(([, { tool }]) => tool);

  it.each(tools)('has examples of %s that are accepted', async (_name, { examples = [] }) => {
    expect(examples).not.toStrictEqual([]);
    for (const each of examples) {
      const line = (each.split(/ [|>] /)[0] ?? '').replaceAll('CMK_ID', ID);
      expect((await callOf(line, { AIVEN_CMK_TOKEN: TOKEN })).kind, each).toBe('tool');
    }
  });

  it('names what a shell takes: all modes, flags, and the word in place of a flag', () => {
    expect(usage('delete').replaceAll(/\s+/g, ' ')).toContain('auto, required, page, argument');
    expect(usage('get').replaceAll(/\s+/g, ' ')).toContain('--cmk-id ID the same as CMK_ID');
    expect(usage('assign')).not.toMatch(/aiven_managed|true:/);
  });

  it('shows flags about approval only where a person may be asked', () => {
    for (const [name] of tools) {
      const mayAsk = ['delete', 'assign'].includes(name);
      expect(/--(?:yes|wait|approval)\b/.test(usage(name)), name).toBe(mayAsk);
    }
    expect(usage('call')).toMatch(/--yes.*--wait.*--approval/s);
    expect(usage('sandbox')).not.toMatch(/--(?:read-only|project|approval)/);
  });
});

describe('completion', () => {
  const values = (line: string) => candidatesFor(line.split(' ')).map(({ value }) => value);

  it.each<[string, string[]]>([
    ['', [...COMMANDS.keys(), 'help']],
    ['de', ['delete']],
    ['--sandbox ge', ['get']],
    ['help che', ['check-access']],
    ['create --prov', ['--provider']],
    ['create --provider ', ['aws', 'azure', 'gcp', 'oci']],
    ['create --provider=g', ['--provider=gcp']],
    ['create --provider = g', ['gcp']],
    ['create --provider =', ['aws', 'azure', 'gcp', 'oci']],
    ['completion z', ['zsh']],
    ['call aiven_cmk_li', ['aiven_cmk_list']],
    ['list --state ', []],
    ['list --state some', []],
    ['list --sandbox --sand', ['--sandbox-faults']],
    ['--htt', ['--http']],
    ['nonsense --x', []],
  ])('of "%s" is %j', (line, expected) => {
    expect(values(line).toSorted()).toStrictEqual(expected.toSorted());
  });
});
