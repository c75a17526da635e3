import type { Hono } from 'hono';
import type { Fetch } from '../aiven/fetch/fetch.ts';
import type { Dependencies } from '../calls/dependencies.ts';
import { createApprovalRoutes } from '../server/http/approvals/routes.ts';
import { createPageSignIn, type PageSignInOptions } from '../server/http/approvals/sign-in.ts';
import { signInWithIssuer } from '../server/http/approvals/sign-in-routes.ts';
import type { HttpEnv } from '../server/http/http-env.ts';
import type { PageSignInResult } from '../telemetry/observer.ts';
import type { ApprovalPage } from './approval-page.ts';
import type { Config } from './config/config.ts';

/** Returns what creates the routes of the approval page, once the verifier of callers is known. */
export function approvalRoutes(
  config: Config,
  page: ApprovalPage,
  fetch: Fetch,
  { log, observer }: Pick<Dependencies, 'log' | 'observer'>,
): (verifier: PageSignInOptions['verifier']) => Hono<HttpEnv> {
  const { oidcIssuer: issuer, oidcAudience: audience, oidcClientId: clientId } = config;
  return (verifier) => {
    if (issuer === undefined || audience === undefined || clientId === undefined) {
      throw new Error('A page without an issuer was not refused.');
    }
    const signIn = createPageSignIn({
      issuer,
      audience,
      clientId,
      clientSecret: config.secrets.oidcClient,
      scopes: config.oidcScopes,
      resource: config.oidcResource,
      acr: config.oidcAcr,
      maxAgeS: config.approvalMaxAgeS,
      redirectUri: `${page.publicOrigin}/approvals/callback`,
      fetch,
      verifier,
    });
    const { publicOrigin, signInKey } = page;
    const onSignIn = (result: PageSignInResult) => observer?.pageSignIn(result);
    const method = signInWithIssuer({ signIn, signInKey, publicOrigin, log, onSignIn });
    return createApprovalRoutes({ ...page, signIn: method, log });
  };
}
