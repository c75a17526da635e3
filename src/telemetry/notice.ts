import { sanitize } from '../core/sanitize.ts';

/** What a notice tells of, with how a message begins that does. */
const TITLES = {
  'approval.requested': 'Approval requested',
  'approval.approved': 'Approved, to be used when the client calls again',
  'approval.declined': 'Declined, nothing was done',
  'approval.withdrawn': 'Withdrawn, nothing was done',
  'approval.expired': 'Expired, nothing was done',
  'approval.stale': 'Ended, as the facts have changed; nothing was done',
  'approval.used': 'Approval used, the write is sent',
} as const;

/** What a notice tells of: that a request was made, or its outcome. */
export type NoticeType = keyof typeof TITLES;

/** What people are told of a request for approval. It holds no secret, and its link decides nothing. */
export interface Notice {
  readonly type: NoticeType;
  readonly id: string;
  /** The request's page. */
  readonly url: string;
  readonly summary: string;
  readonly project: string;
  readonly target: string;
  readonly requester: string;
  readonly client: string;
  /** When the request ends or, once it is approved, its approval, RFC 3339 in UTC. */
  readonly expires_at: string;
}

/** Returns a notice as Standard Webhooks writes events. */
export function toStandard({ type, ...data }: Notice): object {
  return { type, timestamp: new Date().toISOString(), data };
}

/** Returns a notice as a message for Slack, in which nobody can be called. */
export function toSlack({ type, summary, project, target, requester, client, url, expires_at }: Notice) {
  const isOpen = type === 'approval.requested' || type === 'approval.approved';
  const lines = [
    `*${TITLES[type]}*: ${mrkdwn(summary)}`,
    `Project ${mrkdwn(project)}, ${mrkdwn(target)}`,
    `Asked for by ${mrkdwn(requester)} through ${mrkdwn(client)}`,
    `<${url}|Open the request>${isOpen ? `, until ${expires_at}` : ''}`,
  ];
  return { text: lines.join('\n'), unfurl_links: false, unfurl_media: false };
}

/** Text that Slack shows as it is: its three control characters are escaped, those of its markup are left out. */
function mrkdwn(text: string): string {
  return sanitize(text, 200)
    .replace(/[*_~`|]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
