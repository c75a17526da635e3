/** An issuer as a process of its own, so that it can be killed and frozen: `tsx issuer.ts PORT REDIRECT_URI APPROVER...` */
import { startIssuer } from '../fixtures/oidc-provider.ts';

const [port = '', redirectUri = '', ...approvers] = process.argv.slice(2);
await startIssuer(redirectUri, approvers, Number(port));
