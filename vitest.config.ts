import { configDefaults, defineConfig } from 'vitest/config';

// Packages are tested from their sources: the condition picks `src` where a package's exports name it.
const conditions = ['@galaxy-mesos/source', 'module', 'node', 'development|production'];
const resolve = { conditions };
const ssr = { resolve: { conditions } };

// Vitest's own second passes on a machine that stands still for a while.
const patient = { expect: { poll: { timeout: 30_000 } } };

const integration = {
  ...patient,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // Real masters and agents share two cores with what they run: one file at a time.
  fileParallelism: false,
};

// These wait more than they work, so they run beside the others (scripts/test.ts): clusters in batch queues, and jobs of a
// real Galaxy.
const queues = [
  'packages/{queue-cluster,queue-testkit}/test/**/*.test.ts',
  'apps/*/test/clusters/**/*.test.ts',
];
const galaxy = ['apps/*/test/galaxy/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          ...patient,
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test-fixtures/**/*.test.ts'],
          // Thousands of cases, or bash by the dozen, take a second; beside two other test runs, ten.
          testTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...queues, ...galaxy],
          ...integration,
        },
      },
      { resolve, ssr, test: { name: 'queues', include: queues, ...integration } },
      { resolve, ssr, test: { name: 'galaxy', include: galaxy, ...integration } },
    ],
  },
});
