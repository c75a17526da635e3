import { defineConfig } from 'vitest/config';

/** The official conformance suite, apart from `npm test`, which is to take less than a minute. */
export default defineConfig({
  test: {
    include: ['test/conformance/*.test.ts'],
    globalSetup: 'test/fixtures/global-setup.ts',
    reporters: ['default', ['json', { outputFile: '.reports/conformance.json' }]],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
