/** Statuses whose responses have no body (Fetch standard, "null body status"). */
const NULL_BODY_STATUSES = [204, 205, 304];

/**
 * A `Response` whose body is in memory: reading it takes no stream, which is a tenth of the processor time of a call over stdio
 * (decision 0012). It can be read more than once. Its `body` is null; code that takes a stream takes that of a clone.
 */
export class WholeResponse extends Response {
  /** Returns the body as UTF-8, without a byte order mark (Encoding standard, "UTF-8 decode"). */
  override readonly text: () => Promise<string>;
  override readonly json: () => Promise<unknown>;
  override readonly arrayBuffer: () => Promise<ArrayBuffer>;
  override readonly clone: () => Response;

  constructor(bytes: Buffer, init: ResponseInit & { readonly status: number }) {
    super(null, init);
    const whole = NULL_BODY_STATUSES.includes(init.status) ? Buffer.alloc(0) : bytes;
    this.text = async () => whole.toString('utf8').replace(/^\uFEFF/, '');
    this.json = async () => JSON.parse(await this.text());
    this.arrayBuffer = async () => new Uint8Array(whole).buffer;
    this.clone = () => new Response(whole.length > 0 ? new Uint8Array(whole) : null, init);
  }
}
