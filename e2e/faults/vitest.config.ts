import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/*
 * Kills and faults, against the built server (DIST names another build); each file starts servers of its own.
 *   GLIMPSE_TEST_POSTGRES_URL  a server on which databases may be made; one is started when absent
 *   GLIMPSE_TEST_LONG=1        every kill point on both databases instead of a sample, longer chaos, quotas of two nodes,
      process.env.GLIMPSE_TEST_LONG === '1'
        ? []
        : ['quota-*', 'import-crash-*', '*-torture'].map((name) => `e2e/faults/${name}.faults.ts`),
 */
export default defineConfig({
  root: here('../..'),
  resolve: { alias: { '@': here('../..') } },
  test: {
    include: ['e2e/faults/**/*.faults.ts'],
    exclude:
      process.env.GLIMPSE_TEST_LONG === '1'
        ? []
        : ['quota-*', 'import-crash-*', '*-torture'].map((name) => `e2e/faults/${name}.faults.ts`),
    globalSetup: here('./support/global-setup.ts'),
    environment: 'node',
    // A restart that never becomes clean is told after 60 s; the test itself must outlast that.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
