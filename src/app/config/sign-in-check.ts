import { invalidSetting, showUnlessSecret } from './invalid-setting.ts';
import { isLoopback } from './parsers.ts';
import type { Settings } from './settings.ts';

/** Checks that only permitted callers can use the token over HTTP. @throws CmkError `invalid_settings` */
export function checkSignIn(settings: Settings): void {
  const { http, metrics, sandbox, oidcIssuer, oidcAudience, httpTokensFile, insecureNoSignIn } = settings;
  if ((oidcIssuer === undefined) !== (oidcAudience === undefined)) {
    throw invalidSetting('AIVEN_CMK_OIDC_ISSUER or AIVEN_CMK_OIDC_AUDIENCE', 'is set alone', 'they go together');
  }
  const signIn = [oidcIssuer && 'AIVEN_CMK_OIDC_ISSUER', httpTokensFile && 'AIVEN_CMK_HTTP_TOKENS_FILE'].filter(
    Boolean,
  );
  if (!http) {
    if (metrics) throw invalidSetting('--metrics', 'is given without --http', 'they go together');
    if (signIn[0]) throw invalidSetting(signIn[0], 'is set without --http', 'add --http, or unset it');
    return;
  }
  if (signIn.length > 0) {
    if (insecureNoSignIn)
      throw invalidSetting('--insecure-no-sign-in', 'is given with a way to sign in', 'leave one of them out');
    return;
  }
  const ways = 'set AIVEN_CMK_OIDC_ISSUER and AIVEN_CMK_OIDC_AUDIENCE, or AIVEN_CMK_HTTP_TOKENS_FILE';
  if (!isLoopback(http.host))
    throw invalidSetting(`--http ${showUnlessSecret(http.host)}`, 'is open to other machines without sign-in', ways);
  if (!sandbox && !insecureNoSignIn) {
    throw invalidSetting(
      '--http',
      'would serve a real token without sign-in',
      `${ways}, or give --insecure-no-sign-in`,
    );
  }
}
