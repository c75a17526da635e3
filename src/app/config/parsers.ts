import type { Address } from '../../server/http/settings.ts';

/** Parses a boolean, false unless given. */
export function yesOrNo(): Parser<boolean> {
  return {
    accepts: 'true, false, 1 or 0',
    fallback: false,
    parse: ([text = '']) =>
      new Map([
        ['true', true],
        ['1', true],
        ['false', false],
        ['0', false],
      ]).get(text),
  };
}

/** The part of a setting that its type decides: the accepted values, the default and the parser. */
type Parser<T> = { accepts: string; fallback: T; parse(texts: readonly string[]): T | undefined };

/** Parses a time in milliseconds. */
export function milliseconds(min: number, max: number, fallback: number): Parser<number> {
  return whole('milliseconds', min, max, fallback);
}

/** Parses a whole number from `min` to `max`. */
export function whole(unit: string, min: number, max: number, fallback: number): Parser<number> {
  return {
    accepts: `a whole number of ${unit} from ${min} to ${max}`,
    fallback,
    parse: ([text = '']) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** Accepts the path of a file; the file itself is checked when it is used. */
export function filePath(): Parser<string | undefined> {
  return { accepts: 'the path of a file that this user may use', fallback: undefined, parse: ([text]) => text };
}

/** Takes 1 to `max` visible characters with spaces between them. */
export function text(max: number): Parser<string | undefined> {
  return {
    accepts: `1 to ${max} printable characters`,
    fallback: undefined,
    parse: ([given = '']) => (given.length <= max && /^[!-~]+(?: [!-~]+)*$/.test(given) ? given : undefined),
  };
}

export function hostNames(): Parser<readonly string[]> {
  return {
    accepts: 'host names or addresses without scheme and port, an IPv6 address in brackets',
    fallback: [],
    parse(texts) {
      const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim().toLowerCase());
      return names.every((name) => /^(?:[a-z0-9][a-z0-9.-]{0,252}|\[[0-9a-f:.]+\])$/.test(name)) ? names : undefined;
    },
  };
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Whether a host is loopback, to which only this machine can connect. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

/** Parses `[HOST:]PORT`; HOST is 127.0.0.1 unless given. Returns undefined for other texts. */
export function readAddress(text: string): Address | undefined {
  const { host = '127.0.0.1', port = '' } =
    /^(?:(?<host>[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]):)?(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  return port !== '' && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}

/** Parses an origin: https, or http for loopback. Returns undefined for other texts. */
export function readOrigin(text: string): string | undefined {
  const url = readUrl(text);
  return url && url.href === `${url.origin}/` ? url.origin : undefined;
}

/** Parses a URL without user, query and fragment: https, or http for loopback. Returns undefined for other texts. */
export function readUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  return url && secure && !url.username && !url.password && !url.search && !url.hash ? url : undefined;
}
