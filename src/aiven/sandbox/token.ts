/** The one token that the sandbox accepts. */
export const SANDBOX_TOKEN = 'sandbox-token';
