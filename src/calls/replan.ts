import { AivenClient } from '../aiven/client.ts';
import { digestOf } from '../guard/approval/plan.ts';
import type { ApprovalRecord } from '../guard/approval/record.ts';
import type { Dependencies } from './dependencies.ts';

/** Thrown out of a handler once it has said what it would do. */
class Planned {
  readonly plan: string;

  constructor(plan: string) {
    this.plan = plan;
  }
}

/**
 * Makes the plan of a stored request again, by its own handler and from the facts of now, with a client that cannot write.
 * Undefined where the call would change nothing any more.
 * @throws CmkError where the handler refuses now, such as `cmk_in_use`.
 */
export async function replan(
  { tool: name, project, args, rule }: ApprovalRecord,
  dependencies: Dependencies,
): Promise<string | undefined> {
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
      approve: async ({ details }) => {
        throw new Planned(digestOf({ tool: name, project, args: checked, details, policy }));
      },
    });
  } catch (thrown) {
    if (thrown instanceof Planned) return thrown.plan;
    throw thrown;
  }
  return undefined;
}
