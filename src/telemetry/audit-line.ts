import { createHash, createHmac } from 'node:crypto';

/** What a line of the audit file says about the lines before it. */
export interface Link {
  /** Identifies the chain: the lines that one process wrote one after the other. */
  readonly chain: string;
  /** The place of the line in its chain, from 1. */
  readonly seq: number;
  /** The hash of the line before it in its chain; undefined at seq 1. */
  readonly prev?: string | undefined;
  /**
   * The hashes of the lines of other chains at the end of the file that no line named yet, empty in a file without any, null
   * where the file cannot be read. Undefined where the line before is of the same chain.
   */
  readonly after?: readonly string[] | null | undefined;
  /** The hash of the incomplete line before it, which a crash or a full disk left. */
  readonly torn?: string | undefined;
  /** The hash of the last line before it, in a file whose lines have no chain yet. */
  readonly unchained?: string | undefined;
}

/** A line as it is read: its link, its own hash and signature, none of them checked. */
export interface ChainedLine extends Link {
  readonly hash: string;
  readonly mac: string | undefined;
  /** When it was written, in milliseconds since the epoch; NaN if it does not say. */
  readonly time: number;
  /** The bytes that the hash is of. */
  readonly body: Uint8Array;
}

/** A SHA-256 in base64url. */
const HASH = /^[\w-]{43}$/;

const CHAIN = /^[0-9a-f]{16}$/;

/** The end of a line, which its own hash does not cover. */
const SEAL = /,"hash":"([\w-]{43})"(?:,"mac":"([\w-]{43})")?\}$/;

/** Returns the SHA-256 of bytes or of a text in UTF-8, in base64url. */
export function digest(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('base64url');
}

/** Returns the HMAC-SHA256 of a line's hash, in base64url. */
export function sign(hash: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(hash).digest('base64url');
}

/** Returns a JSON object of at least one member with a link, its hash, and a signature if there is a key; and the hash. */
export function chainLine(json: string, link: Link, key?: Uint8Array): { line: string; hash: string } {
  const { chain, seq, prev, after, torn, unchained } = link;
  const body = `${json.slice(0, -1)},${JSON.stringify({ chain, seq, prev, after, torn, unchained }).slice(1, -1)}`;
  const hash = digest(body);
  return { line: `${body},"hash":"${hash}"${key ? `,"mac":"${sign(hash, key)}"` : ''}}`, hash };
}

/** Reads a line without its line break; undefined if it has no link. */
export function readLine(bytes: Buffer): ChainedLine | undefined {
  const seal = SEAL.exec(bytes.toString('latin1')); // A character a byte.
  const value = seal && parseObject(bytes.toString());
  if (!value) return undefined;
  // As JSON has them: a part of a text would keep the text in memory.
  const { hash, mac } = value;
  if (hash !== seal[1] || mac !== seal[2] || !isHash(hash) || !isOptionalHash(mac)) return undefined;
  const { chain, seq, prev, after, torn, unchained, time } = value;
  const isWhole =
    typeof chain === 'string' && CHAIN.test(chain) && typeof seq === 'number' && Number.isSafeInteger(seq) && seq > 0;
  if (!isWhole || !isOptionalHash(prev) || !isOptionalHash(torn) || !isOptionalHash(unchained) || !isAfter(after)) {
    return undefined;
  }
  const body = bytes.subarray(0, seal.index);
  return { chain, seq, prev, after, torn, unchained, hash, mac, time: Date.parse(String(time)), body };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text); // It ends with a brace, so it is an object.
  } catch {
    return undefined;
  }
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}

function isOptionalHash(value: unknown): value is string | undefined {
  return value === undefined || isHash(value);
}

function isAfter(value: unknown): value is Link['after'] {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isHash));
}
