import { jsonOf, requestOf } from '../../bench/tool-call.ts';
import { DEADLINE_MS, tokenOf } from './deployment.ts';

/** Maximum time of one attempt: the deadline of a call, and what it takes to get through a busy machine, in milliseconds. */
const ATTEMPT_MS = DEADLINE_MS + 12_000;

/** What came of one attempt to call a tool. */
export interface Attempt {
  /** The HTTP status; 0 where the connection failed, and -1 where nothing came in time. */
  readonly status: number;
  /** The result of the tool, where it succeeded. */
  readonly result?: Record<string, unknown>;
  /** The error of the tool, where it failed. */
  readonly error?: { code: string; retryable: boolean; message: string; approval?: { id: string; url: string } };
  /** The response where it is neither. */
  readonly text?: string;
  readonly milliseconds: number;
}

const REVISIONS = ['2025-06-18', '2025-11-25', '2026-07-28'];

/** Calls a tool once, in one of the protocol revisions in turn; `more` goes beside the arguments. Never rejects. */
export async function attempt(
  origin: string,
  caller: string,
  turn: number,
  name: string,
  args: object,
  more: object = {},
  token = tokenOf(caller),
): Promise<Attempt> {
  const revision = REVISIONS[turn % REVISIONS.length] ?? '';
  const request = requestOf({ revision, id: turn, token, name, args, more });
  const started = performance.now();
  const signal = AbortSignal.timeout(ATTEMPT_MS);
  try {
    const response = await fetch(`${origin}/mcp`, { ...request, signal });
    const text = await response.text();
    const milliseconds = performance.now() - started;
    return { status: response.status, milliseconds, ...read(text) };
  } catch {
    return { status: signal.aborted ? -1 : 0, milliseconds: performance.now() - started };
  }
}

/** The result of a call, as its structured content says. */
interface ToolResult {
  readonly isError?: boolean;
  readonly structuredContent: Record<string, unknown> & { readonly error: NonNullable<Attempt['error']> };
}

function read(text: string): Pick<Attempt, 'result' | 'error' | 'text'> {
  try {
    const { structuredContent, isError } = (jsonOf(text) as { result: ToolResult }).result;
    return isError ? { error: structuredContent.error } : { result: structuredContent };
  } catch {
    return { text };
  }
}

/** Resolves after a time. What brings a load to its pace is a time. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
