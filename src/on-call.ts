/** What only calls take: tools, zod schemas, and ky, whose import also wakes Node's `fetch`. */
export { Aiven } from './aiven/client.ts';
export { Approvals } from './approval.ts';
export { readArguments } from './arguments.ts';
export { toolNamed } from './tools/index.ts';
