import { defineConfig } from '@playwright/test'
import common from '../../playwright.config'

// Too long for every change: npm run test:long.
export default defineConfig({
  ...common,
  testDir: '.',
  testMatch: '*.torture.ts',
  outputDir: '../../test-results',
  retries: 0,
  // A film of the page would cost more than the upload.
  use: { ...common.use, trace: 'off', screenshot: 'off', video: 'off' },
  timeout: 90 * 60_000,
})
