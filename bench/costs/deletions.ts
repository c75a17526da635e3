import { nonceIn, type Visitor } from '../../test/fixtures/visitor.ts';
import { pool } from '../clients.ts';
import { callTool, succeed } from './call.ts';
import type { Kind } from './meter.ts';
import { tokenOf } from './replica.ts';

/** Requests of one agent that are pending at once; a store takes no more of them. */
export const PENDING = 3;

/** A key that is to be deleted, and the request for its approval. */
interface Deletion {
  readonly token: string;
  readonly id: string;
  url: string;
}

/** Returns the steps of the deletions of a run: the request, the decision, the repeated call that deletes. */
export function stepsOf(origin: string, visitor: Visitor, agents: readonly string[], approvals: number): Kind[] {
  let run = 0;
  let deletions: Deletion[] = [];
  const of = (index: number): Deletion => {
    const deletion = deletions[index];
    if (!deletion) throw new Error(`There is no deletion ${index}.`);
    return deletion;
  };
  const remove = ({ token, id }: Deletion) =>
    callTool(origin, token, 'aiven_cmk_delete', { project: 'sandbox', cmk_id: id, confirm_cmk_id: id });
  return [
    {
      name: '1. the call that makes the request',
      calls: approvals,
      async prepare() {
        run += 1;
        deletions = await createKeys(origin, agents, approvals, run);
      },
      async call(index) {
        const { error } = await remove(of(index));
        if (error?.code !== 'approval_pending') throw new Error(`A deletion was not pending: ${error?.code}.`);
        of(index).url = error.approval?.url ?? '';
      },
    },
    {
      name: '2. the decision: page, form, page',
      calls: approvals,
      async call(index) {
        const { id, url } = of(index);
        const shown = await visitor.visit(url);
        const fields = { confirm: id, reason: 'bench', nonce: nonceIn(shown, 'approve') };
        const { status, headers } = await visitor.submit(`${url}/approve`, fields);
        if (status !== 303) throw new Error(`A decision got ${status}.`);
        await visitor.visit(new URL(headers.get('location') ?? '', url).href);
      },
    },
    {
      name: '3. the repeated call, which deletes',
      calls: approvals,
      async call(index) {
        const { result, error } = await remove(of(index));
        if (result?.approval !== 'page') throw new Error(`An approved deletion failed: ${error?.code}.`);
      },
    },
  ];
}

async function createKeys(origin: string, agents: readonly string[], count: number, run: number): Promise<Deletion[]> {
  const deletions: Deletion[] = [];
  await pool(count, PENDING, async (index) => {
    const token = tokenOf(agents[index % agents.length] ?? '');
    const resource = `arn:aws:kms:eu-west-1:123456789012:key/bench-${run}-${index}`;
    const { cmk } = await succeed(origin, token, 'aiven_cmk_create', { project: 'sandbox', provider: 'aws', resource });
    deletions.push({ token, id: (cmk as { readonly id: string }).id, url: '' }); // As the tool's output schema says.
  });
  return deletions;
}
