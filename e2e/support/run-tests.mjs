#!/usr/bin/env node
// npm test: installs what is missing, builds once, runs every suite and adds up their counts.
//   node e2e/support/run-tests.mjs [NAME...]   only suites whose name begins so, as: unit contract browser clients
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inLines } from './failures.mjs'
import { installMissing } from './packages.mjs'
import { root, run } from './processes.mjs'
import { suites } from './suites.mjs'

const minute = 60_000
const startedAt = Date.now()
const wanted = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'glimpse-tests-'))
const results = []

try {
  await prepare()
  await runSuites()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
report()

async function prepare() {
  if (!existsSync(join(root, 'node_modules', 'next'))) {
    console.log('installing the npm packages …')
    await must('npm', ['ci'], { timeoutMs: 15 * minute })
  }
  const advice = installMissing()
  if (advice !== undefined) stop(advice)
  await must(process.execPath, ['lib/server/prepare.mjs'], { timeoutMs: 10 * minute })
}

async function runSuites() {
  const chosen = suites.filter((suite) =>
    wanted.length === 0 ? suite.isLong !== true : wanted.some((name) => suite.name.startsWith(name)),
  )
  if (chosen.length === 0)
    stop(`no suite is named ${wanted.join(' ')}; there are ${suites.map((s) => s.name).join(', ')}`)
  const { openWorld } = await import('./world.mjs')
  const world = openWorld(folder)
  try {
    for (const batch of batchesOf(chosen)) await Promise.all(batch.map((suite) => runAndTell(suite, world)))
  } finally {
    await world.close()
  }
}

/** Neighbours that name the same batch run at the same time: each of them keeps one core busy. */
function batchesOf(chosen) {
  const batches = []
  for (const suite of chosen) {
    const last = batches.at(-1)
    if (suite.batch !== undefined && last?.[0].batch === suite.batch) last.push(suite)
    else batches.push([suite])
  }
  return batches
}

/** What a suite of a batch prints is shown in one piece when it ended. */
async function runAndTell(suite, world) {
  console.log(`\n=== ${suite.name}`)
  const suiteStartedAt = Date.now()
  const logFile = suite.batch === undefined ? undefined : join(folder, `suite-${suites.indexOf(suite)}.log`)
  const result = await runSuite(suite, world, { logFile })
  results.push({ name: suite.name, seconds: Math.round((Date.now() - suiteStartedAt) / 1000), ...result })
  if (logFile !== undefined && existsSync(logFile)) process.stdout.write(readFileSync(logFile))
  console.log(`--- ${suite.name}: ${inWords(result)}`)
}

async function runSuite(suite, world, output) {
  try {
    return await suite.run(world, output)
  } catch (error) {
    console.error(error)
    return { passed: 0, failed: 1, note: 'did not run' }
  }
}

async function must(command, args, options) {
  const outcome = await run(command, args, options)
  if (outcome !== 0) stop(`${command} ${args.join(' ')}: ${outcome}`)
}

function stop(reason) {
  console.error(reason)
  console.log('0 passed, 1 failed')
  rmSync(folder, { recursive: true, force: true })
  process.exit(1)
}

function inWords({ passed, failed, note }) {
  return `${passed} passed, ${failed} failed${note === undefined ? '' : ` (${note})`}`
}

function report() {
  console.log(
    `\nNode ${process.version}, ${Math.round((Date.now() - startedAt) / 1000)} s, of them waiting for suites:`,
  )
  for (const result of results)
    console.log(`  ${String(result.seconds).padStart(4)} s  ${result.name}: ${inWords(result)}`)
  const failures = results.flatMap((result) => inLines(result.name, result.failures ?? []))
  if (failures.length > 0) console.log(`\n${failures.join('\n')}`)
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
  process.exitCode = sum('failed') === 0 ? 0 : 1
}
