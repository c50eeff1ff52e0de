#!/usr/bin/env node
// Generates both Prisma clients. The stand-in engine spares the download of Prisma's native one.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const engine = fileURLToPath(new URL('./schema-engine.mjs', import.meta.url))
for (const flavour of ['sqlite', 'postgresql']) {
  const run = spawnSync(
    process.execPath,
    ['node_modules/prisma/build/index.js', 'generate', '--schema', `prisma/${flavour}`],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: engine,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    },
  )
  if (run.status !== 0) {
    process.stderr.write(`${run.stdout}${run.stderr}`)
    process.exit(run.status ?? 1)
  }
}
