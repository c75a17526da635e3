import { Transform, Writable } from 'node:stream';
import type { JSONRPCMessage, McpServer, RequestId } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { InFlight } from '../calls/in-flight.ts';
import { sanitize } from '../core/sanitize.ts';

/** How long calls that were cut may take to write their record, in milliseconds. */
const RECORD_MS = 300;

/** How long requests already received may take to be answered once the input has ended, in milliseconds. */
const DRAIN_MS = 1_400;

/**
 * Serves one client over standard input and output. Resolves once the input has ended, the output has broken or the
 * process was told to stop, and what had been asked before is answered or has had its time: `printf … | aiven-cmk-mcp`
 * prints its answers, and a write is not cut short.
 */
export async function serveOverStdio(
  factory: () => McpServer,
  inFlight: InFlight,
  log: (line: string) => void,
): Promise<void> {
  const transport = new CountingTransport();
  const handle = serveStdio(factory, { transport, onerror: (error) => log(sanitize(error.message)) });
  await transport.ended;
  await handle.close();
  await Promise.race([inFlight.callsDone(), new Promise((resolve) => setTimeout(resolve, RECORD_MS))]);
}

/** The SDK's transport with a count of the requests that wait for an answer. */
class CountingTransport extends StdioServerTransport {
  readonly ended: Promise<void>;
  readonly #open = new Set<RequestId>();
  #idle = () => {};

  constructor() {
    // The SDK drops all that is under way when its input ends, so the end is held back until nothing is.
    const input = new Transform({
      transform: (chunk, _encoding, done) => done(null, chunk),
      flush: (done) => void this.#drain().then(() => done()),
    });
    // The SDK drops all that is under way when its output breaks, too; so the break is kept from it, and ends the input.
    const output = new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => void process.stdout.write(chunk, () => done()),
    });
    super(input, output);
    this.ended = new Promise((resolve) => {
      input.once('end', resolve);
    });
    process.stdin.pipe(input);
    const stop = () => {
      process.stdin.unpipe(input);
      input.end();
    };
    process.once('SIGTERM', stop).once('SIGINT', stop);
    process.stdout.on('error', stop);
  }

  override async start(): Promise<void> {
    const deliver = this.onmessage;
    this.onmessage = (message: JSONRPCMessage) => {
      if ('method' in message && 'id' in message) this.#open.add(message.id);
      if ('method' in message && message.method === 'notifications/cancelled') this.#close(message.params?.requestId);
      deliver?.(message);
    };
    await super.start();
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    await super.send(message);
    if (!('method' in message)) this.#close(message.id);
  }

  #close(id: unknown): void {
    this.#open.delete(id as RequestId); // A Set lets any value be deleted; an id that is none is not in it.
    if (this.#open.size === 0) this.#idle();
  }

  async #drain(): Promise<void> {
    await new Promise(setImmediate); // Lets what stands in the buffer be delivered and counted.
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, DRAIN_MS);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
