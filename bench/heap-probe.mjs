// Loaded before the program by `--import`, with `--expose-gc`: on SIGUSR2 it collects garbage and writes the bytes of the
// live heap, as a line, to a fourth stream. The program itself is unchanged.
import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';

process.on('SIGUSR2', async () => {
  // What a finalizer or a weak reference held is free only in a later turn.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await turn();
  }
  globalThis.gc();
  writeSync(3, `${process.memoryUsage().heapUsed}\n`);
});
