import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What the first minute with Glimpse promises, against the built server. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['e2e/start/**/*.start.ts'],
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
