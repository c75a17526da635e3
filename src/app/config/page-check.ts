import { invalidSetting } from './invalid-setting.ts';
import { PAGE_SETTINGS, SHARED_SETTINGS } from './page-settings.ts';
import type { Settings } from './settings.ts';

/** Longest time that a person may take where a call or a client's form waits for the decision, in milliseconds. */
const WITHOUT_PAGE_MS = 3_600_000;

/** Whether people can decide on a page: where they can sign in, and where the page has an address. */
export function hasPage({ http, oidcIssuer, oidcClientId, publicUrl }: Settings): boolean {
  return http !== undefined && oidcIssuer !== undefined && oidcClientId !== undefined && publicUrl !== undefined;
}

/**
 * Checks that the approval page works where it is set up, and that nothing of it is set where it is not. Over stdio, where the
 * page is on loopback, `--approval page` takes no other setting. @throws CmkError
 */
export function checkPage(settings: Settings): void {
  const { http, oidcIssuer, oidcClientId, publicUrl, approval, webhookUrlFile, webhookSecretFile } = settings;
  const name = oidcClientId === undefined ? '--approval page' : 'AIVEN_CMK_OIDC_CLIENT_ID';
  const isWanted = oidcClientId !== undefined || approval === 'page';
  if (!http) {
    if (oidcClientId !== undefined)
      throw invalidSetting(name, 'is set without --http', 'people sign in on a page of the server over HTTP');
    const { signingKeyFile, ...others } = SHARED_SETTINGS;
    // The key also signs the audit file, which needs no HTTP.
    const [shared] = changed(settings, others);
    if (shared) throw invalidSetting(shared, 'is set without --http', 'add --http, or unset it');
    if (settings.signingKeyFile !== undefined && settings.auditFile === undefined) {
      const accepts = 'add --http, or AIVEN_CMK_AUDIT_FILE to sign its lines, or unset it';
      throw invalidSetting(signingKeyFile.variable, 'is set without --http', accepts);
    }
  }
  if (http && isWanted) {
    const missing = [
      ...(oidcIssuer === undefined ? ['AIVEN_CMK_OIDC_ISSUER and AIVEN_CMK_OIDC_AUDIENCE'] : []),
      ...(oidcClientId === undefined ? ['AIVEN_CMK_OIDC_CLIENT_ID'] : []),
      ...(publicUrl === undefined ? ['AIVEN_CMK_PUBLIC_URL'] : []),
    ];
    const accepts = 'people sign in there, and need an address for it';
    if (missing.length > 0) throw invalidSetting(name, `is set without ${missing.join(' and ')}`, accepts);
  }
  if (!hasPage(settings)) refuseParts(settings);
  else if (approval === 'argument' && changed(settings, RULE).length > 0) {
    throw invalidSetting(changed(settings, RULE).join(), 'is set with --approval argument', 'nobody is asked then');
  }
  if (webhookSecretFile !== undefined && webhookUrlFile === undefined) {
    const accepts = 'they go together';
    throw invalidSetting('AIVEN_CMK_WEBHOOK_SECRET_FILE', 'is set without AIVEN_CMK_WEBHOOK_URL_FILE', accepts);
  }
}

const RULE = { approver: PAGE_SETTINGS.approver, approvalsNeeded: PAGE_SETTINGS.approvalsNeeded };

function refuseParts(settings: Settings): void {
  const { oidcIssuer, oidcSubjectClaim, approvalTimeoutMs } = settings;
  const [part] = changed(settings, PAGE_SETTINGS);
  const accepts = 'it goes with the approval page';
  if (part) throw invalidSetting(part, 'is set without AIVEN_CMK_OIDC_CLIENT_ID', accepts);
  if (oidcIssuer === undefined && oidcSubjectClaim !== 'sub') {
    throw invalidSetting('AIVEN_CMK_OIDC_SUBJECT_CLAIM', 'is set without AIVEN_CMK_OIDC_ISSUER', 'they go together');
  }
  if (approvalTimeoutMs > WITHOUT_PAGE_MS) {
    const limit = `it takes at most ${WITHOUT_PAGE_MS} without the approval page`;
    throw invalidSetting('AIVEN_CMK_APPROVAL_TIMEOUT_MS', `is ${approvalTimeoutMs}`, limit);
  }
}

/** Returns the variables of these rows that are not at their defaults. */
function changed(
  settings: Settings,
  rows: Readonly<Partial<Record<keyof Settings, { readonly variable: string; readonly fallback: unknown }>>>,
): string[] {
  const values: Readonly<Record<string, unknown>> = settings;
  return Object.entries(rows).flatMap(([name, { variable, fallback }]) =>
    values[name] === fallback ? [] : [variable],
  );
}
