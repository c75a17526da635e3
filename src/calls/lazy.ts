/** What only calls take: tools, zod schemas, and ky, whose import also wakes Node's `fetch`. */
export { AivenClient } from '../aiven/client.ts';
export { Approvals } from '../guard/approval/approval.ts';
export { toolNamed } from '../tools/tools.ts';
export { readArguments } from './arguments.ts';
