import { describe, expect, it } from 'vitest';
import { CmkError } from '../../src/core/errors.ts';
import { Approvals } from '../../src/guard/approval/approval.ts';
import { FormApproval } from '../../src/guard/approval/form-approval.ts';
import type { PlannedCall } from '../../src/guard/approval/page-approval.ts';
import { type ApprovalRequest, FormRequired } from '../../src/guard/approval/request.ts';
import type { ApprovalMode } from '../../src/guard/policy.ts';
import { operationOf, scopeOf } from '../../src/guard/scopes.ts';

const REQUEST: ApprovalRequest = { summary: 's', project: 'p', target: 'id-1', targetType: 'CMK', details: {} };
const CALL = {
  tool: 't',
  args: {},
  callId: 'c',
  requester: { id: 'ann', name: 'ann', client: 'x' },
  signal: new AbortController().signal,
  deadline: Date.now() + 10_000,
};
const BY_ARGUMENT = { approval: 'argument', approved_by: 'argument' };

/** The code with which a gate refuses, `form` where a form is put first, or the approval. */
async function decide(gate: Approvals, supportsElicitation: boolean, request = REQUEST, call: PlannedCall = CALL) {
  try {
    return await gate.approve(request, call, { supportsElicitation, supportsUrl: false });
  } catch (thrown) {
    if (thrown instanceof FormRequired) return 'form';
    return thrown instanceof CmkError ? [thrown.code, thrown.message] : thrown;
  }
}
const gate = (mode: ApprovalMode) => new Approvals({ mode, form: new FormApproval(new Uint8Array(32), 10_000) });

/** A page on which the person at this machine decides alone. */
const ALONE = { approve: async () => ['ann'], rule: { who: 'self', needed: 1 }, takesOthers: false } as const;

describe('the gate of destructive writes', () => {
  it.each<[ApprovalMode, boolean, unknown]>([
    ['auto', true, 'form'],
    ['auto', false, BY_ARGUMENT],
    ['required', true, 'form'],
    ['required', false, ['approval_unavailable', 'This server asks a person first, and this client cannot.']],
    ['page', true, ['approval_unavailable', 'This server has no page on which a person can decide.']],
    ['page', false, ['approval_unavailable', 'This server has no page on which a person can decide.']],
    ['argument', true, BY_ARGUMENT],
    ['argument', false, BY_ARGUMENT],
  ])('with %s and a client that supports forms: %s', async (mode, supportsElicitation, outcome) => {
    expect(await decide(gate(mode), supportsElicitation)).toStrictEqual(outcome);
  });

  it.each<[ApprovalMode, boolean, unknown]>([
    ['auto', true, 'form'],
    ['auto', false, { approval: 'page', approved_by: ['ann'] }],
    ['required', true, 'form'],
    ['required', false, { approval: 'page', approved_by: ['ann'] }],
    ['argument', true, BY_ARGUMENT],
    ['argument', false, BY_ARGUMENT],
  ])(
    'falls back on a page with %s where the client supports no forms: %s',
    async (mode, supportsElicitation, outcome) => {
      const form = new FormApproval(new Uint8Array(32), 10_000);
      const withPage = new Approvals({ mode, form, fallbackPage: ALONE });
      expect(await decide(withPage, supportsElicitation)).toStrictEqual(outcome);
    },
  );

  it('takes no page that is a fallback with `page`', async () => {
    const form = new FormApproval(new Uint8Array(32), 10_000);
    const fallback = new Approvals({ mode: 'page', form, fallbackPage: ALONE });
    expect(await decide(fallback, false)).toMatchObject(['approval_unavailable', expect.any(String)]);
  });

  it.each<[string, object, { who: 'self' | 'other'; needed: number }, unknown]>([
    ['other people', { page: ALONE }, { who: 'other', needed: 1 }, 'approval_unavailable'],
    ['two people', { fallbackPage: ALONE }, { who: 'self', needed: 2 }, 'approval_unavailable'],
    ['one person', { fallbackPage: ALONE }, { who: 'self', needed: 1 }, ['ann']],
    ['other people', { page: { ...ALONE, takesOthers: true } }, { who: 'other', needed: 2 }, ['ann']],
  ])('asks nobody at this machine alone where a policy takes %s: %o', async (_case, ways, approval, outcome) => {
    for (const mode of ['auto', 'required', 'argument'] as const) {
      const form = new FormApproval(new Uint8Array(32), 10_000);
      const decision = new Approvals({ mode, form, ...ways })
        .approve(
          REQUEST,
          { ...CALL, access: { digest: 'd', approval } },
          { supportsElicitation: false, supportsUrl: false },
        )
        .then(
          ({ approved_by }) => approved_by,
          (error: CmkError) => error.code,
        );
      expect(await decision).toStrictEqual(outcome);
    }
  });

  it.each<[ApprovalMode, boolean, unknown]>([
    ['auto', true, BY_ARGUMENT],
    ['argument', true, BY_ARGUMENT],
    ['required', true, 'form'],
  ])('where a policy takes nobody’s approval, with %s: %s', async (mode, supportsElicitation, outcome) => {
    const call = { ...CALL, access: { digest: 'd', approval: { who: 'none', needed: 1 } } } as const;
    expect(await decide(gate(mode), supportsElicitation, REQUEST, call)).toStrictEqual(outcome);
  });

  it('lets no argument decide about what a person was asked', async () => {
    const auto = gate('auto');
    expect(await decide(auto, true)).toBe('form');
    const message = 'A person was asked about CMK id-1; the argument does not decide about it any more.';
    expect(await decide(auto, false)).toStrictEqual(['approval_unavailable', message]);
    expect(await decide(auto, false, { ...REQUEST, target: 'id-2' })).toStrictEqual(BY_ARGUMENT);
  });

  it.each<ApprovalMode>(['auto', 'argument'])('takes no argument with %s where a person is required', async (mode) => {
    const personRequired = new CmkError('use_unknown', 'It is unknown.');
    expect(await decide(gate(mode), false, { ...REQUEST, personRequired })).toStrictEqual([
      'use_unknown',
      'It is unknown.',
    ]);
  });
});

describe('the scope and the operation of a tool', () => {
  it.each([
    [true, false, 'cmk:read', 'read'],
    [false, false, 'cmk:write', 'write'],
    [false, true, 'cmk:delete', 'delete'],
  ])('that only reads: %s, that destroys: %s, are %s and %s', (readOnlyHint, destructiveHint, scope, operation) => {
    const tool = { annotations: { readOnlyHint, destructiveHint } };
    expect([scopeOf(tool), operationOf(tool)]).toStrictEqual([scope, operation]);
  });
});
