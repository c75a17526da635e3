import { isDeepStrictEqual } from 'node:util';
import { AivenClient } from '../aiven/client.ts';
import { RESULT_MAX } from '../core/json-size.ts';
import { digestOf } from '../guard/approval/plan.ts';
import type { ApprovalRecord } from '../guard/approval/record.ts';
import type { ApprovalRequest } from '../guard/approval/request.ts';
import type { Dependencies } from './dependencies.ts';

/** Thrown out of a handler once it has said what it would do. */
class Planned {
  readonly plan: string | undefined;

  constructor(plan: string | undefined) {
    this.plan = plan;
  }
}

/**
 * Makes the plan of a stored request again, by its own handler and from the facts of now, with a client that cannot write.
 * Undefined where the call would change nothing any more, or where the record shows a person something else than it would do:
 * the plan covers what is done, and whoever can write the store could show another target with it.
 * @throws CmkError where the handler refuses now, such as `cmk_in_use`.
 */
export async function replan(record: ApprovalRecord, dependencies: Dependencies): Promise<string | undefined> {
  const { tool: name, args, rule } = record;
  const { connection, deadlineMs, load, policy: current } = dependencies;
  const { toolNamed, readArguments } = await load();
  const tool = toolNamed(name);
  const aiven = AivenClient.forReads(connection, deadlineMs);
  const checked = readArguments(tool, args, dependencies);
  // What a policy says of one request never changes, so that one of the same digest says now what it said then.
  const policy = current && { digest: current().digest, rule };
  try {
    await tool.handler(checked, {
      aiven,
      resultMax: RESULT_MAX,
      approve: async (request) => {
        const isShown = isDeepStrictEqual(shownOf(request), shownOf(record));
        throw new Planned(isShown ? digestOf({ ...request, tool: name, args: checked, policy }) : undefined);
      },
    });
  } catch (thrown) {
    if (thrown instanceof Planned) return thrown.plan;
    throw thrown;
  }
  return undefined;
}

function shownOf({ summary, project, target, targetType, details }: ApprovalRequest): ApprovalRequest {
  return { summary, project, target, targetType, details };
}
