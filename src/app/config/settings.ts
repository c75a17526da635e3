import { isSegment, SEGMENT_RULE } from '../../aiven/path.ts';
import { APPROVAL_MODES, type ApprovalMode, TOOLSETS, type Toolset } from '../../guard/policy.ts';
import type { Address } from '../../server/http/settings.ts';
import { PAGE_SETTINGS, SHARED_SETTINGS } from './page-settings.ts';
import {
  filePath,
  hostNames,
  milliseconds,
  readAddress,
  readOrigin,
  readUrl,
  text,
  whole,
  yesOrNo,
} from './parsers.ts';
import { SANDBOX_SETTINGS } from './sandbox-settings.ts';

/** One setting: its flag and variable, the values it accepts, and its default. */
export interface Setting<T> {
  /** The flag's name without its dashes; absent if the setting is not allowed on a command line. */
  readonly flag?: string;
  /** The name of the flag's value in the usage; absent for a flag without a value. */
  readonly value?: string;
  /** Whether the flag may be given several times. */
  readonly repeatable?: true;
  readonly variable?: string;
  /** A former name of the variable, which is still read. */
  readonly formerly?: string;
  readonly help: string;
  /** The accepted values, for error messages. */
  readonly accepts: string;
  readonly fallback: T;
  /** Returns the value of the texts given, several if the flag is repeated; undefined if they are not accepted. */
  parse(texts: readonly string[]): T | undefined;
}

/** Every setting, in the order of the usage text. */
export const SETTINGS = {
  ...SANDBOX_SETTINGS,
  readOnly: {
    flag: 'read-only',
    variable: 'AIVEN_CMK_READ_ONLY',
    formerly: 'AIVEN_READ_ONLY',
    help: 'serve only the tools that change nothing',
    ...yesOrNo(),
  },
  toolsets: {
    flag: 'toolsets',
    value: 'LIST',
    variable: 'AIVEN_CMK_TOOLSETS',
    help: 'tools to serve, a comma-separated list: cmk (the six), services (services and events of a key, access check, moving services), terraform (export)',
    accepts: `a comma-separated list of ${TOOLSETS.join(', ')}`,
    fallback: ['cmk'] as readonly Toolset[],
    parse(texts: readonly string[]) {
      const names = texts
        .flatMap((text) => text.split(','))
        .map((name) => TOOLSETS.find((known) => known === name.trim()));
      return names.includes(undefined) ? undefined : TOOLSETS.filter((known) => names.includes(known));
    },
  },
  projects: {
    flag: 'project',
    value: 'NAME',
    repeatable: true,
    variable: 'AIVEN_CMK_PROJECT',
    formerly: 'AIVEN_PROJECT',
    help: 'refuse all other projects; the flag may be repeated, the variable takes a comma-separated list; * is any',
    accepts: `project names of ${SEGMENT_RULE}, separated by commas, or * alone`,
    fallback: [] as readonly string[],
    parse(texts: readonly string[]) {
      const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
      if (names.join() === '*') return []; // The default in a host's form, because an empty value is refused as not filled in.
      return names.every((name) => isSegment(name) && !name.startsWith('-')) ? [...new Set(names)] : undefined;
    },
  },
  approval: {
    flag: 'approval',
    value: 'MODE',
    variable: 'AIVEN_CMK_APPROVAL',
    help: 'who approves a deletion or a move: auto (a person where one can be asked), page (only a person on the approval page; over stdio, one that is opened in the browser), required (a person, or nothing is done), argument (nobody is asked)',
    accepts: APPROVAL_MODES.join(', '),
    fallback: 'auto' as ApprovalMode,
    parse: ([given]: readonly string[]) => APPROVAL_MODES.find((mode) => mode === given),
  },
  policyFile: {
    variable: 'AIVEN_CMK_POLICY_FILE',
    help: 'policy of who may do what, YAML or JSON (docs/policy.md); read again on SIGHUP while HTTP is served',
    ...filePath(),
  },
  http: {
    flag: 'http',
    value: '[HOST:]PORT',
    variable: 'AIVEN_CMK_HTTP',
    help: 'serve Streamable HTTP at /mcp instead of stdio; HOST is 127.0.0.1 unless given, PORT 0 selects a free one',
    accepts: 'PORT or HOST:PORT, an IPv6 HOST in brackets, PORT from 0 to 65535',
    fallback: undefined as Address | undefined,
    parse: ([text = '']: readonly string[]) => readAddress(text),
  },
  metrics: {
    flag: 'metrics',
    value: '[HOST:]PORT',
    variable: 'AIVEN_CMK_METRICS',
    help: 'serve /metrics for Prometheus on a port of its own, without sign-in; goes with --http, HOST and PORT as there',
    accepts: 'PORT or HOST:PORT, an IPv6 HOST in brackets, PORT from 0 to 65535',
    fallback: undefined as Address | undefined,
    parse: ([text = '']: readonly string[]) => readAddress(text),
  },
  allowedHosts: {
    flag: 'allowed-host',
    value: 'NAME',
    repeatable: true,
    variable: 'AIVEN_CMK_ALLOWED_HOSTS',
    help: 'accept this name in the Host header, beside loopback names; repeatable, the variable takes a list',
    ...hostNames(),
  },
  allowedOrigins: {
    flag: 'allowed-origin',
    value: 'NAME',
    repeatable: true,
    variable: 'AIVEN_CMK_ALLOWED_ORIGINS',
    help: 'accept browsers from this host name (Origin header), beside loopback names; repeatable, the variable takes a list',
    ...hostNames(),
  },
  insecureNoSignIn: {
    flag: 'insecure-no-sign-in',
    help: 'serve HTTP on loopback with a real token and without sign-in: every local program may use the token',
    ...yesOrNo(),
  },
  oidcIssuer: {
    variable: 'AIVEN_CMK_OIDC_ISSUER',
    help: 'OAuth issuer whose access tokens callers present over HTTP, https only (http for loopback)',
    accepts: 'an https URL without query or fragment; http only for loopback',
    fallback: undefined as string | undefined,
    parse: ([text = '']: readonly string[]) => (readUrl(text) ? text : undefined),
  },
  oidcAudience: {
    variable: 'AIVEN_CMK_OIDC_AUDIENCE',
    help: 'audience (aud) that access tokens must be made for',
    accepts: '1 to 512 characters',
    fallback: undefined as string | undefined,
    parse: ([text = '']: readonly string[]) => (text.length <= 512 ? text : undefined),
  },
  oidcSubjectClaim: {
    variable: 'AIVEN_CMK_OIDC_SUBJECT_CLAIM',
    help: 'claim of access tokens that identifies a person, the same whichever client the token was made for',
    accepts: 'the name of a claim: 1 to 128 visible characters',
    fallback: 'sub',
    parse: ([given = '']: readonly string[]) => (/^[!-~]{1,128}$/.test(given) ? given : undefined),
  },
  oidcClientId: {
    variable: 'AIVEN_CMK_OIDC_CLIENT_ID',
    help: 'client with which people sign in at the issuer on the approval page; sets the page up, with AIVEN_CMK_PUBLIC_URL',
    ...text(512),
  },
  ...PAGE_SETTINGS,
  httpTokensFile: {
    variable: 'AIVEN_CMK_HTTP_TOKENS_FILE',
    help: 'file of static bearer tokens for HTTP, a line each: NAME SCOPE,SCOPE SHA256-OF-TOKEN [owner=SUBJECT]; read again on SIGHUP',
    ...filePath(),
  },
  publicUrl: {
    variable: 'AIVEN_CMK_PUBLIC_URL',
    help: 'URL of /mcp as clients see it, for the metadata that starts a sign-in, and whose origin the approval page is on; needed behind a proxy',
    accepts: 'an https URL without query or fragment; http only for loopback',
    fallback: undefined as string | undefined,
    parse: ([text = '']: readonly string[]) => (readUrl(text) ? text : undefined),
  },
  httpBodyBytes: {
    variable: 'AIVEN_CMK_HTTP_BODY_BYTES',
    help: 'largest HTTP request body, 1024 to 4194304 bytes',
    ...whole('bytes', 1_024, 4_194_304, 262_144),
  },
  httpTimeoutMs: {
    variable: 'AIVEN_CMK_HTTP_TIMEOUT_MS',
    help: 'longest time for an HTTP request to arrive, headers and body, 100 to 600000 ms',
    ...milliseconds(100, 600_000, 15_000),
  },
  httpConcurrent: {
    variable: 'AIVEN_CMK_HTTP_CONCURRENT',
    help: 'requests that one caller may have in progress at once on one replica, 1 to 10000',
    ...whole('requests', 1, 10_000, 32),
  },
  httpPerMinute: {
    variable: 'AIVEN_CMK_HTTP_PER_MINUTE',
    help: 'requests that one caller may make in a minute, on one replica or on all that share a store, 1 to 1000000',
    ...whole('requests', 1, 1_000_000, 600),
  },
  httpConnections: {
    variable: 'AIVEN_CMK_HTTP_CONNECTIONS',
    help: 'connections that may be open at once on one replica, 1 to 100000; more are closed at once',
    ...whole('connections', 1, 100_000, 1_024),
  },
  approvalTimeoutMs: {
    variable: 'AIVEN_CMK_APPROVAL_TIMEOUT_MS',
    help: 'longest time a person may take to decide, 1000 to 3600000 ms, to 86400000 with the approval page over HTTP',
    ...milliseconds(1_000, 86_400_000, 600_000),
  },
  ...SHARED_SETTINGS,
  origin: {
    variable: 'AIVEN_CMK_API_ORIGIN',
    formerly: 'AIVEN_API_ORIGIN',
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
    ...filePath(),
  },
} satisfies Record<string, Setting<unknown>>;

/** The values of all settings, as their rows accept them. */
export type Settings = { readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]['fallback'] };

/** The table as rows. */
export const ROWS: readonly (readonly [string, Setting<unknown>])[] = Object.entries(SETTINGS);
