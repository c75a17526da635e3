import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/calls/arguments.ts';
import { CmkError } from '../../src/core/errors.ts';
import { TOOLSETS } from '../../src/guard/policy.ts';
import { createProjectRule } from '../../src/guard/projects.ts';
import { availableTools, TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';
import { toolNamed } from '../../src/tools/tools.ts';

const LIST = toolNamed('aiven_cmk_list');

function refusal(given: unknown, projects: readonly string[] = [], tool = LIST): CmkError {
  try {
    readArguments(tool, given, { projects, toolsets: ['cmk'] });
  } catch (error) {
    if (error instanceof CmkError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

/** An object that counts how many of its names are looked at one by one. */
function counted(names: readonly string[]) {
  const looked = new Set<PropertyKey>();
  const object = new Proxy(Object.fromEntries(names.map((name) => [name, 1])), {
    getOwnPropertyDescriptor(target, name) {
      looked.add(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    get(target, name) {
      looked.add(name);
      return Reflect.get(target, name);
    },
  });
  return { object, looked };
}

describe('unknown arguments', () => {
  it.each([6, 30_000])('of %i, five are named and no more are looked at than one beyond them', (count) => {
    const { object, looked } = counted(['project', ...Array.from({ length: count }, (_, index) => `name${index}`)]);
    const { code, message } = refusal(object);
    expect(code).toBe('invalid_arguments');
    expect(message).toContain('"name0", "name1", "name2", "name3", "name4" and more (it takes project');
    expect(message.length).toBeLessThan(300);
    expect(looked.size).toBeLessThanOrEqual(8);
  });

  it('up to five are named beside every other fault', () => {
    const given = { project: 7, a: 1, b: 1, c: 1, d: 1, e: 1, wait_for_previous: true };
    const { message } = refusal(given);
    expect(message).toContain('unknown argument "a", "b", "c", "d", "e" (it takes');
    expect(message).toContain('project: ');
  });

  it('are repeated as one short printable line', () => {
    const { message } = refusal({ project: 'p', [`a\n${'x'.repeat(200_000)}`]: 1 });
    expect(message.length).toBeLessThan(300);
    expect(message).toMatch(/^[ -~…]+$/);
  });

  it('that are names of Object’s own properties are unknown, too', () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(refusal(JSON.parse(`{"project":"p","${name}":null}`)).message).toContain(`unknown argument "${name}"`);
  });
});

describe.each([[['only']], [['one', 'two']], [['one', 'two', 'three']]])('where the projects are %j', (projects) => {
  const rule = createProjectRule(projects);
  const tools = availableTools({ readOnly: false, toolsets: TOOLSETS, projects });

  it('every tool publishes what its check takes', () => {
    expect(tools).toHaveLength(TOOL_DEFINITIONS.length);
    for (const { inputSchema, name } of tools) {
      const { project } = inputSchema.properties;
      expect(project).toMatchObject({ type: 'string', enum: rule?.allowed });
      expect(project?.default).toBe(rule?.default);
      expect(inputSchema.required?.includes('project')).toBe(rule?.required);
      expect(refusal({ project: 'other' }, projects, toolNamed(name)).code).toBe('project_not_allowed');
    }
  });

  it('takes exactly these, spelt so, and the default for none', () => {
    for (const project of projects)
      expect(readArguments(LIST, { project }, { projects, toolsets: ['cmk'] })).toStrictEqual({ project });
    for (const project of ['other', projects[0]?.toUpperCase(), ` ${projects[0]}`, '', 7, true, projects, {}])
      expect(refusal({ project }, projects)).toMatchObject({ code: 'project_not_allowed' });
    for (const given of [undefined, {}, { project: null }, { project: undefined }]) {
      if (rule?.required) expect(refusal(given, projects).message).toContain('project is missing');
      else
        expect(readArguments(LIST, given, { projects, toolsets: ['cmk'] })).toStrictEqual({ project: rule?.default });
    }
  });
});

it('an empty list of projects allows any', () => {
  expect(createProjectRule([])).toBeUndefined();
  expect(readArguments(LIST, { project: 'any' }, { projects: [], toolsets: ['cmk'] })).toStrictEqual({
    project: 'any',
  });
});
