import { defineConfig } from 'vitest/config';

// The tests of the guards that start no process: a mutant that survives runs all of them, so they have to take seconds.
export default defineConfig({
  test: {
    include: [
      'test/unit/{approvals,approvals-page,arguments,expiring-set,form,form-approval,uuid,write-once}.test.ts',
      'test/unit/{decisions,expiry,memory-store,page-approval,page-approval-use,votes}.test.ts',
      'test/unit/{access-policy-any,access-policy-decide,call-access}.test.ts',
      'test/protocol/{access-policy,access-policy-approval,approval-attacks,approval-single-use,delete-guard,use-unknown,write-once}.test.ts',
    ],
    setupFiles: ['test/fixtures/setup.ts', 'test/mutants/setup.ts'],
    provide: { packageFolder: 'none' },
    sequence: { setupFiles: 'list' }, // Stryker's comes first: it switches a mutant on before the modules are loaded.
    isolate: false,
    testTimeout: 5_000, // A mutant that lets a test wait for ever is killed by this.
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
