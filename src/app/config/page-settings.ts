import { Secret } from '../../core/secret.ts';
import { APPROVERS, type Approver } from '../../guard/approval/record.ts';
import { WEBHOOK_FORMATS, type WebhookFormat } from '../../telemetry/webhook-formats.ts';
import { filePath, milliseconds, text, whole } from './parsers.ts';

/** Settings of what replicas of a deployment share. */
export const SHARED_SETTINGS = {
  storeUrlFile: {
    variable: 'AIVEN_CMK_STORE_URL_FILE',
    help: 'file that holds the URL of a Valkey or Redis in which all replicas keep approvals and count requests',
    ...filePath(),
  },
  storeUrl: {
    variable: 'AIVEN_CMK_STORE_URL',
    help: 'the URL itself, instead of the file: redis:// or rediss:// and [USER:PASSWORD@]HOST[:PORT][/DATABASE]',
    accepts: 'the URL of a Valkey or Redis',
    fallback: undefined as Secret | undefined,
    parse: ([given = '']: readonly string[]) => new Secret(given), // Read where the secrets are: this may hold a password.
  },
  signingKeyFile: {
    variable: 'AIVEN_CMK_SIGNING_KEY_FILE',
    help: 'file of 32 or more random characters, from which all replicas derive the keys of approvals and sessions, and which signs the audit file; without it, the Aiven token, and no signatures',
    ...filePath(),
  },
};

/** Settings that have a meaning only where people decide on the approval page, `AIVEN_CMK_OIDC_CLIENT_ID` aside. */
export const PAGE_SETTINGS = {
  oidcClientSecretFile: {
    variable: 'AIVEN_CMK_OIDC_CLIENT_SECRET_FILE',
    help: 'file that holds the client secret of the page; without it, the page is a public client',
    ...filePath(),
  },
  oidcScopes: {
    variable: 'AIVEN_CMK_OIDC_SCOPES',
    help: 'scopes that the page asks the issuer for, separated by spaces, openid among them',
    accepts: 'scopes separated by single spaces, openid among them',
    fallback: 'openid cmk:approve',
    parse: ([given = '']: readonly string[]) => (isScopeList(given) ? given : undefined),
  },
  oidcResource: {
    variable: 'AIVEN_CMK_OIDC_RESOURCE',
    help: 'resource (RFC 8707) that the page asks the issuer for, where the issuer needs it to make a token for the audience',
    accepts: 'an absolute URI without a fragment, of at most 512 characters',
    fallback: undefined as string | undefined,
    parse: ([given = '']: readonly string[]) => (isResource(given) ? given : undefined),
  },
  oidcAcr: {
    variable: 'AIVEN_CMK_OIDC_ACR',
    help: 'authentication context (acr) that the issuer must state of a person who decides',
    ...text(256),
  },
  approvalMaxAgeS: {
    variable: 'AIVEN_CMK_APPROVAL_MAX_AGE_S',
    help: 'how long ago a person may have signed in at the issuer to decide, 30 to 3600 s',
    ...whole('seconds', 30, 3_600, 300),
  },
  approver: {
    variable: 'AIVEN_CMK_APPROVER',
    help: 'who approves: self (the requester, or anybody with the scope cmk:approve) or other (only people with that scope who did not ask)',
    accepts: APPROVERS.join(', '),
    fallback: 'self' as Approver,
    parse: ([given]: readonly string[]) => APPROVERS.find((approver) => approver === given),
  },
  approvalsNeeded: {
    variable: 'AIVEN_CMK_APPROVALS_NEEDED',
    help: 'how many distinct people have to approve, 1 to 5',
    ...whole('people', 1, 5, 1),
  },
  approvedMs: {
    variable: 'AIVEN_CMK_APPROVED_MS',
    help: 'how long an approval can be used once it is given, 1000 to 3600000 ms',
    ...milliseconds(1_000, 3_600_000, 300_000),
  },
  webhookUrlFile: {
    variable: 'AIVEN_CMK_WEBHOOK_URL_FILE',
    help: 'file that holds the URL that receives a notice of each request for approval and of its outcome',
    ...filePath(),
  },
  webhookFormat: {
    variable: 'AIVEN_CMK_WEBHOOK_FORMAT',
    help: 'format of the notices: standard (Standard Webhooks) or slack (a message)',
    accepts: WEBHOOK_FORMATS.join(', '),
    fallback: 'standard' as WebhookFormat,
    parse: ([given]: readonly string[]) => WEBHOOK_FORMATS.find((format) => format === given),
  },
  webhookSecretFile: {
    variable: 'AIVEN_CMK_WEBHOOK_SECRET_FILE',
    help: 'file that holds the secret of its signatures, whsec_ and base64',
    ...filePath(),
  },
};

/** RFC 6749, 3.3. */
function isScopeList(given: string): boolean {
  const scopes = given.split(' ');
  return given.length <= 1_024 && scopes.every((scope) => /^[!#-[\]-~]+$/.test(scope)) && scopes.includes('openid');
}

/** RFC 8707, 2. */
function isResource(given: string): boolean {
  return given.length <= 512 && /^[!-~]+$/.test(given) && URL.canParse(given) && !given.includes('#');
}
