// Runs the unmodified command lines and counts what holds.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** Collects checks; a failed one is printed with its reason and does not stop the others. */
export function openTally() {
  const tally = { passed: 0, failed: 0 }
  return {
    tally,
    async check(name, body) {
      try {
        await body()
        tally.passed += 1
        console.log(`ok   ${name}`)
      } catch (error) {
        tally.failed += 1
        console.log(`FAIL ${name}\n     ${String(error.message).replaceAll('\n', '\n     ')}`)
      }
    },
  }
}

/**
 * Runs a command with a terminal for its input. Both clients upload what stands on an input that is no terminal, so
 * without one an image could not be created empty.
 */
const atTerminal = [
  'python3',
  '-c',
  'import pty, subprocess, sys; sys.exit(subprocess.call(sys.argv[1:], stdin=pty.openpty()[1]))',
]

/**
 * One person at a terminal: `variables` are all that the clients see beside the path. Debian's programs are written
 * for Debian's Python, so nothing of the developer's own comes first.
 */
export function openTerminal({ home, variables }) {
  const env = {
    PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin',
    HOME: home,
    LC_ALL: 'C.UTF-8',
    COLUMNS: '200',
    ...variables,
  }
  const start = (command, args, { stdin } = {}) =>
    new Promise((resolve) => {
      const options = { env, cwd: home, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 }
      const [program = '', ...rest] = stdin === undefined ? [...atTerminal, command, ...args] : [command, ...args]
      const child = execFile(program, rest, options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : (error.code ?? 1), stdout, stderr, words: [command, ...args].join(' ') }),
      )
      // A client that does not read its input closes it early.
      child.stdin.on('error', () => {})
      if (stdin !== undefined) createReadStream(stdin).pipe(child.stdin)
    })
  const must = async (command, args, options) => {
    const result = await start(command, args, options)
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
    piped: (file, command, ...args) => must(command, args, { stdin: file }),
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
