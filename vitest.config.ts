import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/fixtures/global-setup.ts',
    setupFiles: 'test/fixtures/setup.ts',
    include: ['test/{unit,protocol,built,project}/*.test.ts'],
    reporters: ['default', ['json', { outputFile: process.env.TEST_REPORT ?? '.reports/tests.json' }]],
    testTimeout: 20_000,
    // Most tests wait for a process or a time-out, so more of them run side by side than there are cores.
    maxWorkers: 4,
    isolate: false,
    maxConcurrency: 12,
    hookTimeout: 20_000,
  },
});
