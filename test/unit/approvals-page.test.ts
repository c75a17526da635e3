import { describe, expect, it } from 'vitest';
import { CmkError } from '../../src/core/errors.ts';
import type { GrantedAccess } from '../../src/guard/access-policy/access-policy.ts';
import { Approvals } from '../../src/guard/approval/approval.ts';
import { FormApproval } from '../../src/guard/approval/form-approval.ts';
import { MemoryStore } from '../../src/guard/approval/memory-store.ts';
import { PageApproval } from '../../src/guard/approval/page-approval.ts';
import type { ApprovalRequest } from '../../src/guard/approval/request.ts';
import { signVote } from '../../src/guard/approval/votes.ts';
import { APPROVAL_MODES } from '../../src/guard/policy.ts';
import { createProjectRule } from '../../src/guard/projects.ts';
import { plannedCall } from '../fixtures/page-gate.ts';

const KEY = new Uint8Array(32);
const REQUEST: ApprovalRequest = { summary: 's', project: 'p', target: 'id-1', targetType: 'CMK', details: {} };

describe('the gate where a page is set up', () => {
  it.each(APPROVAL_MODES.filter((mode) => mode !== 'argument'))('takes only the page with %s', async (mode) => {
    const store = new MemoryStore();
    const page = new PageApproval({
      store,
      voteKey: KEY,
      rule: { who: 'self', needed: 1 },
      urlOf: (id) => `https://cmk.example/approvals/${id}`,
      pendingMs: 60_000,
      journal: { record: async () => {}, notify: () => {} },
    });
    const gate = new Approvals({ mode, page, form: new FormApproval(KEY, 10_000) });
    const call = {
      tool: 't',
      args: {},
      callId: 'c',
      requester: { id: 'ann', name: 'ann', client: 'x' },
      signal: new AbortController().signal,
      deadline: Date.now() + 60_000,
    };
    const reply = { ticket: 'x', response: { action: 'accept', content: { cmk_id: 'id-1' } } };
    const approve = () => gate.approve(REQUEST, call, { supportsElicitation: true, supportsUrl: false, reply });
    const pending: CmkError = await approve().catch((error) => error);
    const id = pending.approval?.id ?? '';
    expect([pending.code, pending.approval?.url]).toStrictEqual([
      'approval_pending',
      `https://cmk.example/approvals/${id}`,
    ]);
    const record = await store.get(id);
    if (!record) throw new Error('Nothing was stored.');
    const vote = { person: 'bob', name: 'Bob', decision: 'approve', reason: '', at: 1, authTime: 1 } as const;
    await store.vote(id, signVote(KEY, record, vote), 60_000);
    expect(await approve()).toStrictEqual({ approval: 'page', approved_by: ['Bob'] });
  });
});

describe('the refusal where an approval is not available', () => {
  it('has a hint that fits its cause', async () => {
    const reach = { supportsElicitation: true, supportsUrl: false };
    const refusalOf = async (gate: Approvals, access?: GrantedAccess) => {
      const call = plannedCall({ access });
      const error: unknown = await gate.approve(REQUEST, call, reach).catch((thrown: unknown) => thrown);
      return error instanceof CmkError ? error.toBody() : undefined;
    };
    const withoutPage = new Approvals({ mode: 'page', form: new FormApproval(KEY, 10_000) });
    expect((await refusalOf(withoutPage))?.hint).toMatch(/set the approval page up/);
    const full = new Approvals({ mode: 'auto', form: new FormApproval(KEY, 10_000, 0) });
    expect((await refusalOf(full))?.hint).toMatch(/once earlier entries expire/);
    const alone = new Approvals({ mode: 'auto', form: new FormApproval(KEY, 10_000) });
    expect(await refusalOf(alone, { digest: 'd', approval: { who: 'other', needed: 1 } })).toMatchObject({
      message: 'The policy takes an approval on the approval page, and this server has none.',
      hint: expect.stringMatching(/set the approval page up over HTTP, or about the policy/),
    });
  });
});

describe('the rule of projects', () => {
  it('requires one of several, and has one alone as its default', () => {
    expect(createProjectRule([])).toBeUndefined();
    expect(createProjectRule(['a'])).toStrictEqual({ allowed: ['a'], default: 'a', required: false });
    expect(createProjectRule(['a', 'b'])).toStrictEqual({ allowed: ['a', 'b'], required: true });
  });
});
