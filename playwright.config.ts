import { defineConfig } from '@playwright/test'
import { chromiumPath } from './e2e/support/chromium.mjs'

const executablePath = chromiumPath()

// Run through e2e/support/run-tests.mjs, which starts the servers that the GLIMPSE_TEST_ variables name.
export default defineConfig({
  testDir: 'e2e/browser',
  outputDir: 'test-results',
  // Two cores carry one browser and one server.
  workers: 1,
  // A machine that others share may be slow for a moment. What passed only then is named at the end of the run.
  retries: process.env.CI === 'true' ? 1 : 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: process.env.GLIMPSE_TEST_URL ?? 'http://127.0.0.1:9292',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath !== undefined && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
