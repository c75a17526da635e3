import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/fixtures/process-check.ts', 'test/fixtures/global-setup.ts'],
    setupFiles: 'test/fixtures/setup.ts',
    include: ['test/{unit,protocol,built,project}/*.test.ts'],
    reporters: ['default', ['json', { outputFile: process.env.TEST_REPORT ?? '.reports/tests.json' }]],
    // Generous: a limit that is a rule of the product stands in its test.
    testTimeout: 180_000,
    // Some tests wait for a process or a time-out, so more of them run side by side than there are cores.
    maxWorkers: 4,
    isolate: false,
    maxConcurrency: 24,
    // A second run reads the modules that the first has transformed.
    experimental: { fsModuleCache: true },
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
