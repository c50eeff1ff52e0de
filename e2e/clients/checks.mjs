// Runs the unmodified command lines and counts what holds.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { DEBIAN_PATH } from './client-forks.mjs'

/** Collects checks; a failed one is printed with its reason and does not stop the others. */
export function openTally() {
  const tally = { passed: 0, failed: 0, failures: [] }
  return {
    tally,
    async check(name, body) {
      try {
        await body()
        tally.passed += 1
        console.log(`ok   ${name}`)
      } catch (error) {
        tally.failed += 1
        tally.failures.push({ name, message: String(error.message) })
        console.log(`FAIL ${name}\n     ${String(error.message).replaceAll('\n', '\n     ')}`)
      }
    },
  }
}

/**
 * One person at a terminal: `variables` are all that the clients see beside the path. `clients` runs the commands, but
 * those with a file or a screen, which are run as a shell would.
 */
export function openTerminal({ clients, home, variables }) {
  const env = { PATH: DEBIAN_PATH, HOME: home, LC_ALL: 'C.UTF-8', COLUMNS: '200', ...variables }
  const start = async (command, args, stdin) => ({
    ...(stdin === undefined && command !== 'script'
      ? await clients.run(command, args, env)
      : await startProgram(command, args, { env, cwd: home, stdin })),
    words: [command, ...args].join(' '),
  })
  const must = async (command, args, stdin) => {
    const result = await start(command, args, stdin)
    assert.equal(result.code, 0, told(result))
    return result.stdout
  }
  return {
    /** Must succeed; returns what it printed. */
    openstack: (...args) => must('openstack', args),
    glance: (...args) => must('glance', args),
    /** Must succeed; returns what it printed as JSON. */
    json: async (...args) => JSON.parse(await must('openstack', [...args, '-f', 'json'])),
    /** Must succeed with a file on its standard input. */
    piped: (file, command, ...args) => must(command, args, file),
    /** Must succeed at a terminal, where the clients draw progress bars; returns what a person would see. */
    seen: (...args) => must('script', ['--quiet', '--return', '--command', args.join(' '), '/dev/null']),
    /** Must fail and say what `pattern` matches. */
    async refused(pattern, command, ...args) {
      const result = await start(command, args)
      assert.notEqual(result.code, 0, `did not fail: ${told(result)}`)
      assert.match(result.stdout + result.stderr, pattern, told(result))
    },
  }
}

function startProgram(command, args, { env, cwd, stdin }) {
  return new Promise((resolve) => {
    const options = { env, cwd, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 }
    const child = execFile(command, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? 1), stdout, stderr }),
    )
    // A client that does not read its input closes it early.
    child.stdin.on('error', () => {})
    if (stdin !== undefined) createReadStream(stdin).pipe(child.stdin)
  })
}

const told = ({ words, code, stdout, stderr }) => `${words}\nended with ${code}\n${stdout}${stderr}`.trimEnd()

/** The rows that `glance` printed in a table, as objects; a table of two columns Property and Value as one object. */
export function rowsOf(table) {
  const lines = table.split('\n').filter((line) => line.startsWith('|'))
  const [names = [], ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  return rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]])))
}

export function entityOf(table) {
  return Object.fromEntries(rowsOf(table).map(({ Property, Value }) => [Property, Value]))
}

export async function digestOf(file, algorithm) {
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}
