import type { ToolPolicy } from '../../guard/policy.ts';

/** Where to listen; port 0 takes a free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The settings of serving over HTTP, under the names that the table of settings gives them. */
export interface HttpSettings extends ToolPolicy {
  readonly http: Address;
  /** Where `/metrics` is served; nothing is counted without it. */
  readonly metrics: Address | undefined;
  /** Host names accepted in the Host header, beside loopback names. */
  readonly allowedHosts: readonly string[];
  /** Host names accepted in the Origin header, beside loopback names. */
  readonly allowedOrigins: readonly string[];
  readonly oidcIssuer: string | undefined;
  readonly oidcAudience: string | undefined;
  readonly httpTokensFile: string | undefined;
  /** The URL of `/mcp` as clients see it, where that is not where it listens. */
  readonly publicUrl: string | undefined;
  /** Maximum size of a request body, in bytes. */
  readonly httpBodyBytes: number;
  /** Maximum time for a request to arrive, headers and body, in milliseconds. */
  readonly httpTimeoutMs: number;
  /** Maximum number of calls that one caller may have under way at once. */
  readonly httpConcurrent: number;
  /** Maximum number of calls that one caller may make in a minute. */
  readonly httpPerMinute: number;
  /** Maximum number of open connections. */
  readonly httpConnections: number;
}
