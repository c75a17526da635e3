/** How a notice is written: by Standard Webhooks, or as a message that Slack and its kin take. */
export const WEBHOOK_FORMATS = ['standard', 'slack'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];
