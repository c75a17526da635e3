import type { PROXY_VARIABLES } from '../../src/app/config/proxies.ts';
import type { SETTINGS } from '../../src/app/config/settings.ts';
import type { TELEMETRY_VARIABLES } from '../../src/app/config/telemetry-variables.ts';
import type { TOKEN_VARIABLES } from '../../src/app/config/token.ts';

/** The name of a setting: of its row, or of its variable where it has no row. */
export type SettingName =
  | keyof typeof SETTINGS
  | keyof typeof TOKEN_VARIABLES
  | keyof typeof PROXY_VARIABLES
  | keyof typeof TELEMETRY_VARIABLES;

/**
 * What each setting means, at more length than in the usage text. It is kept here because the settings table is loaded by every
 * start. The compiler refuses a setting without a text, and a text without a setting.
 */
export const SETTING_TEXTS: Readonly<Record<SettingName, string>> = {
  sandbox:
    'Serves a CMK API in memory: no token, no network, and a project `sandbox` with four keys and four services.',
  sandboxFaults:
    'Simulates faults in the sandbox: a latency, and shares of requests that are limited, fail, or lose their response, such as `latency=200,429=0.1,lost=0.1`.',
  sandboxState: 'Keeps the sandbox in a file between calls and starts; several programs may use it at once.',
  readOnly: 'Offers only the tools that change nothing.',
  toolsets:
    'Tools to offer: `cmk` (the six), `services` (services and events of a key, access check, moving services), `terraform` (export).',
  projects:
    'Refuses all other projects. Repeat the flag, or give the variable a comma-separated list; `*` is any. With one, the argument `project` becomes optional.',
  approval:
    'Who approves a deletion or a move: `auto` (a person where one can be asked), `page` (only a person on the approval page; over stdio, one that the server opens in your browser), `required` (a person, or nothing is done), `argument` (nobody is asked). [Approval](approval.md) says what each does.',
  policyFile:
    '[Policy](policy.md) of who may do what, by caller, project and tool, and whose approval a deletion takes; YAML or JSON. Over HTTP it is read again on SIGHUP.',
  http: 'Serves Streamable HTTP at `/mcp` instead of stdio. HOST is `127.0.0.1` unless given; PORT 0 selects a free one.',
  metrics:
    'Serves `/metrics` for Prometheus on a port of its own, without sign-in. Goes with `--http`; HOST is `127.0.0.1` unless given.',
  allowedHosts:
    'Accepts this name in the `Host` header, beside loopback names. Repeat the flag, or give the variable a list.',
  allowedOrigins:
    'Accepts browsers from this host name (`Origin` header), beside loopback names. Repeat the flag, or give the variable a list.',
  insecureNoSignIn:
    'Serves HTTP on loopback with a real token and without sign-in: every program on this machine may use the token.',
  oidcIssuer: 'OAuth issuer whose access tokens callers present over HTTP.',
  oidcAudience: 'Audience (`aud`) that those tokens must be made for.',
  oidcSubjectClaim:
    'Claim of access tokens that identifies a person, the same whichever client the token was made for: `oid` with Entra ID, for example.',
  oidcClientId:
    'Client with which people sign in at the issuer on the approval page. Sets the page up, with `AIVEN_CMK_PUBLIC_URL`.',
  oidcClientSecretFile: 'File that holds the client secret of the page.',
  oidcScopes: 'Scopes that the page asks the issuer for, separated by spaces, `openid` among them.',
  oidcResource:
    'Resource (RFC 8707) that the page asks the issuer for, where the issuer needs it to make a token for the audience.',
  oidcAcr: 'Authentication context (`acr`) that the issuer must state of a person who decides.',
  approvalMaxAgeS: 'How long ago a person may have signed in at the issuer to decide.',
  approver:
    'Who approves: `self` (the requester, or anybody with the scope `cmk:approve`), or `other` (only people with that scope who did not ask).',
  approvalsNeeded: 'How many distinct people have to approve.',
  approvedMs: 'How long an approval can be used once it is given.',
  webhookUrlFile: 'File that holds the URL that receives a notice of each request for approval and of its outcome.',
  webhookFormat:
    'Format of the notices: `standard` ([Standard Webhooks](https://www.standardwebhooks.com)), or `slack` (a message).',
  webhookSecretFile: 'File that holds the secret of their signatures, `whsec_` and base64.',
  httpTokensFile:
    'File of static bearer tokens, a line each: `NAME SCOPE,SCOPE SHA256-OF-TOKEN [owner=SUBJECT]`; beside an issuer or alone. Read again on SIGHUP.',
  publicUrl:
    'URL of `/mcp` as clients see it, for the metadata that starts a sign-in, and whose origin the approval page is on. Needed behind a proxy.',
  httpBodyBytes: 'Largest body of a request.',
  httpTimeoutMs: 'Longest time for a request to arrive, headers and body.',
  httpConcurrent: 'Requests that one caller may have in progress at once on one replica.',
  httpPerMinute: 'Requests that one caller may make in a minute: on one replica, or on all where they share a store.',
  httpConnections: 'Connections that may be open at once on one replica; more are closed at once.',
  approvalTimeoutMs:
    'Longest time a person may take to decide. More than 3600000 ms goes with the approval page over HTTP alone.',
  storeUrlFile:
    'File that holds the URL of a Valkey or Redis in which all replicas keep approvals and count requests. Goes with `--http`; without it each replica keeps them in memory.',
  storeUrl: 'The URL itself, instead of the file: `redis://` or `rediss://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`.',
  signingKeyFile:
    'File of 32 or more random characters (`openssl rand -base64 32`), from which all replicas derive the keys of approvals and sessions, and which signs the audit file. Without it the keys come from the Aiven token, and the audit file is not signed.',
  origin: 'Origin of the Aiven API.',
  timeoutMs: 'Longest time for one attempt at a request to the Aiven API.',
  deadlineMs: 'Longest time for one call, retries included. Most clients give up after 60000 ms.',
  auditFile:
    'File to which the audit lines of standard error are appended, too, linked by hashes, so that [`audit verify`](operations.md#verify-the-audit-file) finds changes.',
  AIVEN_TOKEN: 'Aiven API token. It has no flag, because other users can read a command line.',
  AIVEN_TOKEN_FILE:
    'File that holds the token, for secret mounts; instead of `AIVEN_TOKEN`. One that every user can read is reported.',
  HTTPS_PROXY:
    'Proxy for https, as `http://[USER:PASSWORD@]HOST:PORT`; falls back on `HTTP_PROXY`. The name in lower case takes precedence. An API on a loopback host is reached without.',
  HTTP_PROXY: 'Proxy for http, and for https where `HTTPS_PROXY` is not set. The name in lower case takes precedence.',
  NO_PROXY: 'Hosts to reach without a proxy, separated by commas: names, `.suffixes`, `HOST:PORT`, or `*`.',
  OTEL_EXPORTER_OTLP_ENDPOINT:
    'Collector for traces and metrics (OTLP over HTTP), such as `http://localhost:4318`. Other `OTEL_` variables apply ([details](operations.md#traces-and-metrics-by-opentelemetry)).',
};

/** The other names of variables that have no row. */
export const OTHER_NAMES: Readonly<Partial<Record<SettingName, string>>> = {
  AIVEN_TOKEN: 'AIVEN_CMK_TOKEN',
  AIVEN_TOKEN_FILE: 'AIVEN_CMK_TOKEN_FILE',
  HTTPS_PROXY: 'https_proxy',
  HTTP_PROXY: 'http_proxy',
  NO_PROXY: 'no_proxy',
};

/** Defaults in words, where the value alone does not say what happens without the setting. */
export const DEFAULTS: Readonly<Partial<Record<SettingName, string>>> = {
  sandboxFaults: 'none',
  sandboxState: 'in memory',
  projects: '`*`',
  policyFile: 'everybody alike',
  http: 'stdio',
  metrics: 'off',
  allowedHosts: 'loopback names',
  allowedOrigins: 'loopback names',
  oidcClientId: 'no page',
  oidcClientSecretFile: 'a public client',
  webhookUrlFile: 'no notices',
  webhookSecretFile: 'no signature',
  publicUrl: 'from the request',
  storeUrlFile: 'in memory',
  signingKeyFile: 'from the Aiven token',
  auditFile: 'standard error alone',
};
