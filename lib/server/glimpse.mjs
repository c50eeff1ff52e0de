#!/usr/bin/env node
// glimpse COMMAND …: what an operator does without the dashboard. Loads what the server itself loads, so that a command
// needs nothing that a server does not have; lib/server/commands.ts has the commands. Plain JavaScript, no domain code.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const from = process.cwd()
// Folders that settings name are looked for where the server looks for them.
process.chdir(root)

process.env.NEXT_TELEMETRY_DISABLED ??= '1'
process.env.NODE_ENV ??= 'production'

// Whatever a build says goes to standard error: standard output may be read by a program.
const prepared = spawnSync(process.execPath, ['lib/server/prepare.mjs'], { stdio: ['ignore', 2, 2] })
if (prepared.status !== 0) process.exit(1)

const require = createRequire(import.meta.url)
// The same files of variables as the server reads.
createRequire(require.resolve('next/package.json'))('@next/env').loadEnvConfig(root, false, { info() {}, error() {} })
const { runCommand } = require(join(root, process.env.DIST ?? '.next', 'server', 'instrumentation.js'))
process.exitCode = await runCommand(process.argv.slice(2), from)
