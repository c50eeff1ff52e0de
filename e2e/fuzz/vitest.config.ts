import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/*
 * Malformed requests by the hundred thousand, against the built server; each file starts one of its own.
 *   GLIMPSE_TEST_POSTGRES_URL  a server on which databases may be made; one is started when absent
 *   GLIMPSE_FUZZ_REQUESTS      how many; 100,000 when absent
 *   GLIMPSE_FUZZ_SEED          what decides which; the same requests come again with the same seed
 */
export default defineConfig({
  root: here('../..'),
  resolve: { alias: { '@': here('../..') } },
  test: {
    include: ['e2e/fuzz/**/*.fuzz.ts'],
    globalSetup: here('../faults/support/global-setup.ts'),
    environment: 'node',
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
})
