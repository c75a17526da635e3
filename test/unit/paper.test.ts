import { describe, expect, it } from 'vitest';
import { describeError } from '../../src/app/commands/views/error-view.ts';
import { Paper } from '../../src/app/commands/views/paper.ts';
import { describeResult } from '../../src/app/commands/views/result-view.ts';
import { shorten } from '../../src/app/commands/views/text.ts';
import { CmkError, ERRORS } from '../../src/core/errors.ts';
import { ID, KEY } from '../fixtures/scripted-api.ts';

const paper = (columns: number | undefined, { wide = false, hasColors = false } = {}) =>
  new Paper({ isTerminal: true, columns, hasColors }, wide);

const key = { ...KEY, resource: `arn:${'x'.repeat(200)}:end`, created_at: '2026-05-05T10:55:52.719109Z' };
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('a table', () => {
  it.each([40, 60, 80, 120, 200])(
    'fits into %i columns, with ids whole and long identifiers shortened inside',
    (columns) => {
      const text = describeResult('list', { cmks: [key, { ...key, default_cmk: false }] }, paper(columns));
      expect(widest(text)).toBeLessThanOrEqual(columns);
      expect(text).toContain(ID);
      expect(text).toMatch(/ar\S*…\S*nd/);
      expect(text).toMatch(/yes.*no/s);
    },
  );

  it('is whole with --wide, and 80 columns wide where the terminal tells no width', () => {
    expect(describeResult('list', { cmks: [key] }, paper(40, { wide: true }))).toContain(key.resource);
    expect(widest(describeResult('list', { cmks: [key] }, paper(undefined)))).toBeLessThanOrEqual(80);
  });

  it('says that it is empty', () => {
    expect(describeResult('list', { cmks: [] }, paper(80))).toBe('This project has no keys.');
    expect(describeResult('services', { services: [] }, paper(80))).toBe('No service uses this key.');
  });

  it('shows what the API did not give as a dash, and what it gave beyond as it is', () => {
    const text = describeResult('get', { cmk: { id: ID, status: null, rotated_by: 'eve' }, more: { a: 1 } }, paper(80));
    expect(text).toMatch(/status +-\n/);
    expect(text).toMatch(/rotated_by +eve/);
    expect(text).toMatch(/more +\{"a":1\}/);
  });
});

describe('a value of the API', () => {
  it('cannot control the terminal or begin a line', () => {
    const hostile = 'a\u001b[2J\u0007\r\nerror: b\u202e\u009b31m';
    for (const payload of [
      { cmks: [{ id: hostile, resource: hostile }] },
      { cmk: { id: ID, [hostile]: hostile } },
      { services: [{ service_name: hostile, status: hostile }], warnings: [hostile] },
      { plan: { action: hostile, before: { id: hostile }, after: { id: `${hostile}x` }, warnings: [hostile] } },
      { accessors: { aws: { principal: hostile } }, grants: [{ cloud: hostile, commands: [hostile], note: hostile }] },
      { [hostile]: hostile },
    ]) {
      const text = describeResult('list', payload, paper(200));
      expect(text, JSON.stringify(payload)).not.toMatch(/[^\P{C}\n]/u);
      expect(text).not.toMatch(/^error:/m);
    }
    const { code, ...body } = new CmkError('not_found', hostile).toBody();
    expect(describeError({ code, ...body }, paper(80))).not.toMatch(/[^\P{C}\n]/u);
  });
});

describe('a result', () => {
  it('names commands and flags where the server names tools and arguments', () => {
    const body = new CmkError(
      'invalid_arguments',
      'aiven_cmk_get: cmk_id is missing; see aiven_cmk_access_check.',
    ).toBody();
    expect(describeError(body, paper(80))).toBe(
      'error: --cmk-id is missing; see aiven-cmk-mcp check-access.\nhint: Nothing was sent. --help shows what the command takes.',
    );
  });

  it.each(['project', 'service', 'cmk'] as const)('gives a person the next step where a %s is missing', (missing) => {
    const body = { ...new CmkError('not_found', 'It is gone.').toBody(), hint: ERRORS.not_found.missing[missing] };
    const text = describeError(body, paper(200));
    expect(text).toMatch(missing === 'cmk' ? /aiven-cmk-mcp list/ : /Check/);
    expect(text).not.toMatch(/the user|aiven:|guess/);
  });

  it('keeps a hint that was written for this failure', () => {
    const body = { ...new CmkError('not_found', 'It is gone.').toBody(), hint: 'Look elsewhere.' };
    expect(describeError(body, paper(80))).toBe('error: It is gone.\nhint: Look elsewhere.');
  });

  it.each([
    ['form', 'human', 'Approved on this terminal.'],
    ['argument', 'argument', 'Approved by the command itself: nobody was asked.'],
    ['page', 'ada, bob', 'Approved: page, by ada, bob.'],
    ['fax', 'eve', 'Approved: fax, by eve.'],
  ])('says who approved: %s', (approval, approved_by, line) => {
    expect(describeResult('delete', { cmk: KEY, approval, approved_by }, paper(80)).split('\n')).toContain(line);
  });

  it('shows a plan: what would change, and warnings', () => {
    const plan = { action: 'update', before: { ...KEY, default_cmk: false }, after: KEY, warnings: ['Beware.'] };
    const text = describeResult('update', { plan }, paper(80));
    expect(text).toMatch(/^Dry run: nothing was sent\.\n/);
    expect(text).toContain('default_cmk: no -> yes');
    expect(text).toContain('! Beware.');
  });

  it('has colours only on a screen with them', () => {
    expect(describeResult('list', { cmks: [key] }, paper(80, { hasColors: true }))).toContain('\u001b[1m');
    expect(describeResult('list', { cmks: [key] }, paper(80))).not.toContain('\u001b');
  });
});

it('shortens a text in its middle to exactly the width', () => {
  for (const width of [1, 2, 3, 12, 13]) expect(shorten('abcdefghijklmnopqrstuvwxyz', width)).toHaveLength(width);
  expect(shorten('abcdefghijklmnopqrstuvwxyz', 9)).toBe('abcd…wxyz');
  expect(shorten('abc', 3)).toBe('abc');
});
