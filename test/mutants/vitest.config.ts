import { defineConfig } from 'vitest/config';

// The tests that start no process, so that a mutant takes seconds. Left out are two files: one sends input at random and would
// kill other mutants in each run, the other waits for time-outs of the HTTP client, which is not mutated.
export default defineConfig({
  test: {
    include: ['test/{unit,protocol}/*.test.ts'],
    exclude: ['test/protocol/{fuzz,requests}.test.ts'],
    setupFiles: 'test/fixtures/setup.ts',
    provide: { packageFolder: 'none' },
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
