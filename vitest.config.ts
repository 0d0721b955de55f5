import { defineConfig } from 'vitest/config';

const node = {
  environment: 'node' as const,
  pool: 'forks' as const,
  testTimeout: 30_000,
  hookTimeout: 30_000,
};

export default defineConfig({
  test: {
    reporters: ['default', './test/harness/vitest-tally-reporter.ts'],
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/clients/**',
            'test/integration/**',
            'test/fault/**',
            'test/e2e/**',
            'test/ui/**',
          ],
        },
      },
      {
        test: {
          ...node,
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'ui',
          environment: 'jsdom',
          include: ['test/ui/**/*.test.ts', 'test/ui/**/*.test.tsx'],
        },
      },
      {
        test: {
          ...node,
          name: 'fault',
          include: ['test/fault/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // They measure: nothing else runs beside them.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...node,
          name: 'integration',
          globalSetup: ['test/testbed/vitest-cluster.ts'],
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...node,
          name: 'e2e',
          globalSetup: ['test/testbed/vitest-cluster.ts'],
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
