import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Rows of servers that are set up otherwise, or that change what others rely on. */
const apart = {
  plugins: 'e2e/contract/import-plugins.contract.ts',
  policy: 'e2e/contract/policy-matrix.contract.ts',
}
/** What neither the original has nor plain `next start`: the listener's own door for bytes. */
const tus = 'e2e/contract/tus-uploads.contract.ts'
const dashboard = 'e2e/contract/dashboard-session.contract.ts'
const chosen =
  process.env.GLIMPSE_TEST_PLUGINS === '1' ? apart.plugins : process.env.GLIMPSE_TEST_POLICY === '1' ? apart.policy : ''
const isReference = process.env.GLIMPSE_TEST_REFERENCE === '1'
const isNext = process.env.GLIMPSE_TEST_FRONT === 'next'

/*
 * The wire contract over HTTP, against any server that speaks the Image and Identity APIs:
 *   GLIMPSE_TEST_URL             root of the image API, as http://127.0.0.1:9292
 *   GLIMPSE_TEST_AUTH_URL        root of the identity API, ending in /v3
 *   GLIMPSE_TEST_ADMIN_PASSWORD  of user admin in project admin (GLIMPSE_TEST_ADMIN_USER, _PROJECT name others)
 *   GLIMPSE_TEST_REFERENCE=1     the server is the original: rows marked with a difference must fail, and are listed
 *   GLIMPSE_TEST_PLUGINS=1       the server decompresses, injects and converts to raw what it imports: those rows alone
 *   GLIMPSE_TEST_POLICY=1        the rows that switch the server's policy, alone; the original is asked with the others
 *   GLIMPSE_TEST_WEB_FILE_URL    where locations may be set: a small file that the server's http store may read
 *   GLIMPSE_TEST_DATA_FOLDER, _LOG_FILE  of a server on this machine: rows then look at what is left there
 */
export default defineConfig({
  root: here('../..'),
  resolve: { alias: { '@': here('../..') } },
  test: {
    include: [chosen === '' ? 'e2e/contract/**/*.contract.ts' : chosen],
    exclude:
      chosen !== ''
        ? []
        : isReference
          ? [apart.plugins, tus, dashboard]
          : [...Object.values(apart), ...(isNext ? [tus] : [])],
    globalSetup: here('./support/global-setup.ts'),
    reporters: ['default', here('./support/reference-report.ts')],
    environment: 'node',
    testTimeout: 30_000,
    sequence: { concurrent: false },
  },
})
