import { defineConfig } from 'vitest/config';

/** Tests of the package, releases, deployments and whole flows, and with programs that npm does not bring, which `.ci/run` installs: what is too dear to run at every change. */
export default defineConfig({
  test: {
    globalSetup: ['test/fixtures/process-check.ts', 'test/fixtures/global-setup.ts'],
    setupFiles: 'test/fixtures/setup.ts',
    include: ['test/system/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.reports/system.json' }]],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 4,
    maxConcurrency: 12,
    expect: { poll: { timeout: 30_000 } },
    isolate: false,
  },
});
