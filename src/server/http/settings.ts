import type { ToolPolicy } from '../../guard/policy.ts';

/** An address to listen on; port 0 selects a free port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The settings of the server over HTTP, with the names of the settings table. */
export interface HttpSettings extends ToolPolicy {
  readonly http: Address;
  /** The address of `/metrics`; without it, nothing is counted. */
  readonly metrics: Address | undefined;
  /** Host names accepted in the Host header, beside loopback names. */
  readonly allowedHosts: readonly string[];
  /** Host names accepted in the Origin header, beside loopback names. */
  readonly allowedOrigins: readonly string[];
  readonly oidcIssuer: string | undefined;
  readonly oidcAudience: string | undefined;
  /** The claim of access tokens that identifies a person. */
  readonly oidcSubjectClaim: string;
  readonly httpTokensFile: string | undefined;
  /** The URL of `/mcp` as clients see it, if it differs from the address it listens on. */
  readonly publicUrl: string | undefined;
  /** Maximum size of a request body, in bytes. */
  readonly httpBodyBytes: number;
  /** Maximum time for a request to arrive, headers and body, in milliseconds. */
  readonly httpTimeoutMs: number;
  /** Maximum number of calls that one caller may have in progress at once. */
  readonly httpConcurrent: number;
  /** Maximum number of calls that one caller may make in a minute. */
  readonly httpPerMinute: number;
  /** Maximum number of open connections. */
  readonly httpConnections: number;
}
