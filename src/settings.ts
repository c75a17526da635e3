import { isSegment, SEGMENT_RULE } from './aiven/path.ts';
import { APPROVAL_MODES, type ApprovalMode } from './approval.ts';

/** One setting: where it may be given, what it accepts, and what holds when it is not given. */
export interface Setting<T> {
  /** The flag's name without its dashes; absent for what must not stand on a command line. */
  readonly flag?: string;
  /** What the flag's value is called in the usage; absent for a flag that takes none. */
  readonly value?: string;
  readonly variable?: string;
  readonly help: string;
  /** What it accepts, for refusals. */
  readonly accepts: string;
  readonly fallback: T;
  /** The value of the texts given (several where a flag is repeated); undefined where it is not accepted. */
  parse(texts: readonly string[]): T | undefined;
}

/** Every setting, in the order of the usage text. */
export const SETTINGS = {
  sandbox: {
    flag: 'sandbox',
    help: 'serve a CMK API in memory: no token, no network, project "sandbox"',
    ...yesOrNo(),
  },
  readOnly: {
    flag: 'read-only',
    variable: 'AIVEN_READ_ONLY',
    help: 'offer only the tools that change nothing',
    ...yesOrNo(),
  },
  projects: {
    flag: 'project',
    value: 'NAME',
    variable: 'AIVEN_PROJECT',
    help: 'refuse all other projects; the flag may be repeated, the variable takes a comma-separated list',
    accepts: `project names of ${SEGMENT_RULE}, separated by commas`,
    fallback: [] as readonly string[],
    parse(texts: readonly string[]) {
      const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
      return names.every((name) => isSegment(name) && !name.startsWith('-')) ? [...new Set(names)] : undefined;
    },
  },
  approval: {
    flag: 'approval',
    value: 'MODE',
    variable: 'AIVEN_CMK_APPROVAL',
    help: 'who approves a deletion: auto (a human where the client can ask), required (a human, or nothing is deleted), argument (nobody is asked)',
    accepts: APPROVAL_MODES.join(', '),
    fallback: 'auto' as ApprovalMode,
    parse: ([text]: readonly string[]) => APPROVAL_MODES.find((mode) => mode === text),
  },
  approvalTimeoutMs: {
    variable: 'AIVEN_CMK_APPROVAL_TIMEOUT_MS',
    help: 'longest time a human may take to answer, 1000 to 3600000 ms',
    ...milliseconds(1_000, 3_600_000, 600_000),
  },
  origin: {
    variable: 'AIVEN_API_ORIGIN',
    help: 'API origin, https only (http for loopback)',
    accepts: 'https://HOST[:PORT] without a path, user or query; http only for localhost, 127.0.0.1 and [::1]',
    fallback: 'https://api.aiven.io',
    parse: ([text = '']: readonly string[]) => readOrigin(text),
  },
  timeoutMs: {
    variable: 'AIVEN_CMK_TIMEOUT_MS',
    help: 'longest time for one attempt at a request, 100 to 600000 ms',
    ...milliseconds(100, 600_000, 30_000),
  },
  deadlineMs: {
    variable: 'AIVEN_CMK_DEADLINE_MS',
    help: 'longest time for one call, retries included, 100 to 3600000 ms; most clients give up after 60000',
    ...milliseconds(100, 3_600_000, 55_000),
  },
  auditFile: {
    variable: 'AIVEN_CMK_AUDIT_FILE',
    help: 'file to which the audit lines of standard error are appended, too',
    accepts: 'the path of a file that can be appended to',
    fallback: undefined as string | undefined,
    parse: ([text]: readonly string[]) => text,
  },
} satisfies Record<string, Setting<unknown>>;

function yesOrNo(): Pick<Setting<boolean>, 'accepts' | 'fallback' | 'parse'> {
  return {
    accepts: 'true, false, 1 or 0',
    fallback: false,
    parse: ([text = '']) =>
      new Map([
        ['true', true],
        ['1', true],
        ['false', false],
        ['0', false],
      ]).get(text),
  };
}

function milliseconds(
  min: number,
  max: number,
  fallback: number,
): Pick<Setting<number>, 'accepts' | 'fallback' | 'parse'> {
  return {
    accepts: `a whole number of milliseconds from ${min} to ${max}`,
    fallback,
    parse: ([text = '']) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

function readOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback);
  return url && secure && url.href === `${url.origin}/` ? url.origin : undefined;
}
