import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// The conformance program imports `fs.globSync`, which Node 20 has not, so it would not start there. It is not called
// when servers are tested. Node fixes which names a built-in exports before any module runs, so adding the function to
// `fs` does not help: its import is sent to a module with the same exports and that one.

const FS = `
export * from 'node:fs';
export { default } from 'node:fs';
export function globSync() {
  throw new Error('fs.globSync is only stood in for');
}`;

// Node loads this module a second time, on a thread of its own, to ask it where imports lead.
if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  const theirs = context.parentURL?.includes('/@modelcontextprotocol/conformance/');
  if (specifier !== 'fs' || !theirs) return next(specifier, context);
  return { url: `data:text/javascript,${encodeURIComponent(FS)}`, shortCircuit: true };
}
