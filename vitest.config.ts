import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/global-setup.ts',
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.reports/tests.json' }]],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
