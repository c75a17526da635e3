/** Modules that only calls need: tools, zod schemas, approvals and ky, whose import also loads Node's `fetch`. */
export { AivenClient } from '../aiven/client.ts';
export { Approvals } from '../guard/approval/approval.ts';
export { FormApproval } from '../guard/approval/form-approval.ts';
export { SigningKey } from '../guard/approval/signing-key.ts';
export { toolNamed } from '../tools/tools.ts';
export { readArguments } from './arguments.ts';
