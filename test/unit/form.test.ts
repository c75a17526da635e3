import { describe, expect, it } from 'vitest';
import { CmkError } from '../../src/core/errors.ts';
import { checkResponse, createForm } from '../../src/guard/approval/form.ts';
import type { ApprovalRequest } from '../../src/guard/approval/request.ts';

const cmk: ApprovalRequest = {
  summary: 'Delete it?',
  project: 'p-1',
  target: 'id-1',
  targetType: 'CMK',
  details: { Provider: 'aws', 'Key identifier': 'arn:aws:kms:eu-west-1:1:key/a_b' },
};
const service: ApprovalRequest = { ...cmk, target: 'orders-pg', targetType: 'service', details: {} };

describe('the form of a request', () => {
  it('shows summary, project, target and details, and asks for the target in one field', () => {
    const description = 'Exactly as shown above';
    expect(createForm(cmk)).toStrictEqual({
      message:
        'Delete it?\nProject: p-1\nCMK id: id-1\nProvider: aws\nKey identifier: arn:aws:kms:eu-west-1:1:key/a_b\nTo approve, type the CMK id.',
      field: { name: 'cmk_id', title: 'CMK id', description },
    });
    expect(createForm(service)).toStrictEqual({
      message: 'Delete it?\nProject: p-1\nService name: orders-pg\nTo approve, type the service name.',
      field: { name: 'service', title: 'service name', description },
    });
  });

  it.each([
    ['<b>', '\\u{3c}b\\u{3e}'],
    ['ü', '\\u{fc}'],
    ['😀', '\\u{1f600}'],
    ['a: b', 'a\\u{3a} b'],
    ['a:', 'a\\u{3a}'],
    ['a:b', 'a:b'],
    ["it's … 1,2;3/@+=_-.", "it's … 1,2;3/@+=_-."],
  ])('shows %j as %j', (value, shown) => {
    expect(createForm({ ...cmk, details: { Status: value } }).message).toContain(`\nStatus: ${shown}\n`);
  });
});

describe('the response to a form', () => {
  const refusal = (response: Parameters<typeof checkResponse>[0], request = cmk) => {
    try {
      checkResponse(response, request);
    } catch (error) {
      if (error instanceof CmkError) return [error.code, error.message];
      throw error;
    }
    return 'approved';
  };

  it('approves with exactly the target in the field of its type', () => {
    expect(refusal({ action: 'accept', content: { cmk_id: 'id-1' } })).toBe('approved');
    expect(refusal({ action: 'accept', content: { service: 'orders-pg' } }, service)).toBe('approved');
  });

  it.each([
    [{ action: 'decline', content: { cmk_id: 'id-1' } }, 'approval_declined', 'The person declined for CMK id-1.'],
    [{ action: 'cancel', content: { cmk_id: 'id-1' } }, 'approval_cancelled', 'The person cancelled for CMK id-1.'],
    [{ action: 'yes', content: { cmk_id: 'id-1' } }, 'approval_failed', expect.stringContaining('no response')],
    [undefined, 'approval_failed', expect.stringContaining('no response')],
    [{ action: 'accept' }, 'approval_empty', 'The person accepted without typing the CMK id id-1.'],
    [{ action: 'accept', content: null }, 'approval_empty', expect.any(String)],
    [{ action: 'accept', content: 'id-1' }, 'approval_empty', expect.any(String)],
    [{ action: 'accept', content: { service: 'id-1' } }, 'approval_empty', expect.any(String)],
    [{ action: 'accept', content: { cmk_id: '' } }, 'approval_empty', expect.any(String)],
    [
      { action: 'accept', content: { cmk_id: 'ID-1' } },
      'approval_wrong_id',
      'What the person typed is not the CMK id id-1.',
    ],
  ])('of %j refuses', (response, code, message) => {
    expect(refusal(response)).toStrictEqual([code, message]);
  });
});
