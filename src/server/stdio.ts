import { Transform, Writable } from 'node:stream';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { InFlight } from '../calls/in-flight.ts';
import { sanitize } from '../core/sanitize.ts';
import { within } from '../core/within.ts';
import { LineLimit } from './line-limit.ts';

/** Maximum length of a message on standard input, in bytes; the SDK would end the connection at 10 MiB. */
const LINE_MAX = 4 * 1024 * 1024;

/** Maximum time that cancelled calls may take to write their audit record, in milliseconds. */
const RECORD_MS = 300;

/** Maximum time that calls already received may take after the input has ended, in milliseconds. */
const DRAIN_MS = 1_400;

/**
 * Serves one client over standard input and output. After the input has ended, the output has failed or the process has
 * received SIGTERM or SIGINT, waits until the calls received before have ended or their time is up, so that
 * `printf … | aiven-cmk-mcp` prints its responses and a write is not interrupted. `onInputEnd` is called first: what waits for a
 * person is to end then. Resolves with the time of that end, as `performance.now()` gives it.
 */
export async function serveOverStdio(
  factory: McpServerFactory,
  inFlight: InFlight,
  log: (line: string) => void,
  onInputEnd: () => Promise<void>,
): Promise<number> {
  let endedAt = 0;
  const limit = new LineLimit(LINE_MAX, () => log(`a message of over ${LINE_MAX} bytes on standard input was dropped`));
  // The SDK drops all calls in progress when its input ends, so the end is delayed until they are done.
  const input = new Transform({
    transform: (chunk, _encoding, done) => done(null, limit.filter(chunk)),
    flush: (done) => {
      endedAt = performance.now();
      void drain(inFlight, onInputEnd).then(() => done());
    },
  });
  // The SDK also drops all calls in progress when its output fails, so a failure is not passed on, but ends the input.
  const output = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => void process.stdout.write(chunk, () => done()),
  });
  const stop = () => {
    process.stdin.unpipe(input);
    input.end();
  };
  const ended = new Promise<void>((resolve) => void input.once('end', resolve));
  process.stdin.pipe(input);
  process.once('SIGTERM', stop).once('SIGINT', stop);
  process.stdout.on('error', stop);
  const transport = new StdioServerTransport(input, output);
  const handle = serveStdio(factory, { transport, onerror: (error) => log(sanitize(error.message)) });
  await ended;
  await handle.close();
  await within(RECORD_MS, inFlight.callsDone());
  return endedAt;
}

/** Waits for the calls in what was received, and for their responses to be written. */
async function drain(inFlight: InFlight, onInputEnd: () => Promise<void>): Promise<void> {
  await new Promise(setImmediate); // The buffered messages are delivered.
  const ended = Promise.allSettled([onInputEnd(), inFlight.callsDone()]).then(() => {});
  await within(DRAIN_MS, ended);
  await new Promise(setImmediate);
}
