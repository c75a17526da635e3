import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Returns the remote address of a connection, an IPv4 address in dotted form. Headers such as X-Forwarded-For are not
 * read: every client can set them.
 */
export function remoteAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress?.replace(/^::ffff:(?=[\d.]+$)/i, '') ?? 'unknown';
}

/** Returns the key for limits by address: an IPv4 address, or the /64 network that one holder of IPv6 addresses has. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [before = '', after] = (address.split('%')[0] ?? '').split('::');
  const start = before === '' ? [] : before.split(':');
  const rest = after ? after.split(':') : [];
  const missing = after === undefined ? 0 : 8 - start.length - rest.length;
  const groups = [...start, ...Array<string>(missing).fill('0'), ...rest];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
