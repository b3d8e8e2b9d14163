import { defineConfig } from 'vitest/config';

// Packages are tested from their sources: the condition picks `src` where a package's exports name it.
const conditions = ['@galaxy-mesos/source', 'module', 'node', 'development|production'];
const resolve = { conditions };
const ssr = { resolve: { conditions } };

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test-fixtures/**/*.test.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Real masters and agents share two cores with what they run: one file at a time.
          fileParallelism: false,
        },
      },
    ],
  },
});
