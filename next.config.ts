import type { NextConfig } from 'next'
import { advertisedMinors, versionFeatures } from './lib/http/api-versions'

const minors = advertisedMinors(versionFeatures).minors.join('|')

const config: NextConfig = {
  // A second build beside a running server takes another folder.
  distDir: process.env.DIST ?? '.next',
  poweredByHeader: false,
  skipTrailingSlashRedirect: true,
  reactStrictMode: true,
  serverExternalPackages: ['better-sqlite3', 'pg', 'pino', 'prom-client'],
  // The listener does the same by itself (lib/server/dispatch.ts); these serve plain `next start`.
  async rewrites() {
    return {
      beforeFiles: [
        { source: `/v2.:minor(${minors})/:path*`, destination: '/v2/:path*' },
        {
          source: '/:root(images|schemas|tasks|info|metadefs|stores|cache)/:path*',
          has: [{ type: 'header', key: 'accept', value: '.*application/vnd\\.openstack\\.images-v2.*' }],
          destination: '/v2/:root/:path*',
        },
      ],
      afterFiles: [],
      // What nothing else answers is, for API clients, the version document.
      fallback: [
        {
          source: '/:path*',
          missing: [{ type: 'header', key: 'accept', value: '.*text/html.*' }],
          destination: '/',
        },
      ],
    }
  },
}

export default config
