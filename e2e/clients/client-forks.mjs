// Starts client_forks.py and gives it commands to run.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Debian's programs are written for Debian's Python, so nothing of the developer's own comes first. */
export const DEBIAN_PATH = '/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin'
const program = fileURLToPath(new URL('client_forks.py', import.meta.url))

/** Runs `openstack` and `glance`, all in the folder `home`, where openstacksdk looks for its files once; `close()` ends it. */
export function openClients(home) {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-forks-'))
  const env = { PATH: DEBIAN_PATH, HOME: home, LC_ALL: 'C.UTF-8' }
  const stdio = ['pipe', 'pipe', 'inherit']
  const child = spawn('/usr/bin/python3', ['-W', 'ignore', program], { env, cwd: home, stdio })
  const waiting = new Map()
  let lastId = 0
  let ended
  const end = (reason) => {
    ended ??= new Error(`the clients' process ended: ${reason}`)
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  child.on('error', (error) => end(error.message))
  child.on('exit', (code, signal) => end(code ?? signal))
  child.stdin.on('error', () => {})
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, code } = JSON.parse(line)
    const [stdout, stderr] = [join(folder, `${id}.out`), join(folder, `${id}.err`)].map((file) => {
      const text = readFileSync(file, 'utf8')
      rmSync(file)
      return text
    })
    waiting.get(id)?.resolve({ code, stdout, stderr })
    waiting.delete(id)
  })
  return {
    /** Resolves to how a command ended and what it printed, when it ended. */
    run: (command, args, variables) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(ended)
          return
        }
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        const files = { stdout: join(folder, `${id}.out`), stderr: join(folder, `${id}.err`) }
        child.stdin.write(`${JSON.stringify({ id, program: command, args, env: variables, ...files })}\n`)
      }),
    close: () => {
      child.stdin.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
