// Child processes of the test runner: started in their own group, waited for, and never left behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

const running = new Set()
process.once('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL')
})
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => process.exit(code))
}

/**
 * Starts a program in a process group of its own. With `logFile` its output goes there, else to ours.
 * The group is killed at the latest when this process ends.
 */
export function start(command, args, { logFile, ...options } = {}) {
  const log = logFile === undefined ? 'inherit' : openSync(logFile, 'a')
  const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', log, log], ...options })
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.once('error', () => running.delete(child))
  return child
}

/** Runs a program to its end; returns its exit code, or a sentence when it had to be ended or did not start. */
export async function run(command, args, { timeoutMs, ...options }) {
  const child = start(command, args, options)
  let late = false
  const timer = setTimeout(() => {
    late = true
    signalGroup(child, 'SIGKILL')
  }, timeoutMs)
  try {
    const [code, signal] = await once(child, 'exit')
    if (late) return `took longer than ${timeoutMs / 60_000} minutes`
    return code ?? `ended by ${signal}`
  } catch (error) {
    return `did not start: ${error.message}`
  } finally {
    clearTimeout(timer)
  }
}

/** Asks a process group to end, and ends it after `graceMs`. */
export async function stop(child, { signal = 'SIGTERM', graceMs = 15_000 } = {}) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  signalGroup(child, signal)
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs)
  await gone
  clearTimeout(timer)
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/** A TCP port of the loopback address that was free a moment ago. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

/** Waits until `isReady` says true; throws with the end of the log when the process ends first or time is up. */
export async function waitUntil(isReady, { child, what, logFile, timeoutMs }) {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break
    if (await isReady().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const ended = child.exitCode ?? child.signalCode
  const how = ended === null ? `is not ready after ${timeoutMs / 1000} s` : `ended with ${ended}`
  throw new Error(`${what} ${how}:\n${readFileSync(logFile, 'utf8').split('\n').slice(-20).join('\n')}`)
}

/** Whether a GET is answered with anything but a server error. */
export async function answers(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  await response.arrayBuffer()
  return response.status < 500
}
