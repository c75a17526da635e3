/** Modules that only calls need: tools, zod schemas, approvals and ky, whose import also loads Node's `fetch`. */
export { AivenClient } from '../aiven/client.ts';
export { Approvals } from '../guard/approval/approval.ts';
export { toolNamed } from '../tools/tools.ts';
export { readArguments } from './arguments.ts';
