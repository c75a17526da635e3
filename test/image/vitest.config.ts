import { defineConfig } from 'vitest/config';

/** The image, built and run for real with Debian's buildah and mmdebstrap, which `.ci/run` installs. Linux, as root. */
export default defineConfig({
  test: {
    globalSetup: 'test/fixtures/process-check.ts',
    setupFiles: 'test/fixtures/setup.ts',
    include: ['test/image/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.reports/image.json' }]],
    testTimeout: 180_000,
    hookTimeout: 600_000,
  },
});
