import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('../..'),
  resolve: { alias: { '@': here('../..') } },
  test: {
    include: ['e2e/contract/**/*.contract.ts'],
    globalSetup: here('./support/global-setup.ts'),
    reporters: ['default', here('./support/reference-report.ts')],
    environment: 'node',
    testTimeout: 30_000,
    sequence: { concurrent: false },
  },
})
