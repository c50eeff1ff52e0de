// Preloaded into the server under test (node --import): names every step that leaves something behind, in the store
// or in the database, and lets the test end or freeze the process, or fail the call, at one of them. The product knows nothing
// of this; it is talked to over the IPC channel, and GLIMPSE_FAULT_PLAN arms it before anything else runs.
//
// A point is what is about to happen ("link blob", "COMMIT Image+ImageLocation+Lease"), how often it happened since it
// was armed, and the moment: before it, after it, or in the middle of it (half of the bytes, a commit sent but not
// answered). Reads of the database are no points: they leave nothing.
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/** @typedef {{ point: string, nth: number, moment: 'before' | 'middle' | 'after', errno?: string, repeat?: boolean, freeze?: boolean }} Plan */

const require = createRequire(new URL('../../../package.json', import.meta.url))
const stores = (process.env.GLIMPSE_FAULT_STORES ?? '').split(':').filter(Boolean)
const staging = process.env.GLIMPSE_FAULT_STAGING ?? ''

/** @type {Plan | undefined} */
let plan
/** How often each point was passed since armed; undefined while nobody listens. */
let passed

// Threads of the server get the same preload; the points are those of the main thread.
if (isMainThread && stores.length > 0) {
  arm(process.env.GLIMPSE_FAULT_PLAN)
  process.on('message', ({ ask, plan: next }) => {
    const names = passed === undefined ? [] : [...passed.names]
    if (ask === 'arm') arm(next)
    process.send?.({ answer: ask, names })
  })
  process.channel?.unref()
  watchPrograms(require('node:child_process'))
  watchFiles(require('node:fs/promises'))
  watchSqlite(require('better-sqlite3'))
  watchPostgresql(require('pg'))
}

/** "record" only counts; an absent plan stops both. */
function arm(text) {
  passed = text === undefined ? undefined : { counts: new Map(), names: [] }
  plan = text === undefined || text === 'record' ? undefined : JSON.parse(text)
}

/** Counts a step; returns the plan's moment when it is the planned one. */
function pass(name) {
  if (passed === undefined) return undefined
  const nth = (passed.counts.get(name) ?? 0) + 1
  passed.counts.set(name, nth)
  passed.names.push(name)
  if (plan === undefined || plan.point !== name) return undefined
  return plan.nth === nth || (plan.repeat === true && nth > plan.nth) ? plan.moment : undefined
}

/** A frozen process goes on from here when it is thawed. */
function die() {
  process.kill(process.pid, plan?.freeze === true ? 'SIGSTOP' : 'SIGKILL')
}

/** Runs one asynchronous step with whatever is planned for it. `half` does a part of it. */
async function step(name, run, half) {
  const moment = pass(name)
  if (moment === undefined) return await run()
  if (plan?.errno !== undefined) {
    if (moment === 'middle') await half?.()
    throw systemError(plan.errno)
  }
  if (moment === 'before') die()
  if (moment === 'middle') {
    await half?.()
    die()
  }
  const result = await run()
  if (moment === 'after') die()
  return result
}

function stepNow(name, run) {
  const moment = pass(name)
  if (moment === 'before' || moment === 'middle') die()
  const result = run()
  if (moment === 'after') die()
  return result
}

function systemError(code) {
  const { errno } = require('node:os').constants
  return Object.assign(new Error(`${code}: planned by a test`), { code, errno: -errno[code], syscall: 'planned' })
}

function kindOf(path) {
  const text = String(path)
  // Probes come by the clock, not by what a test does.
  if (text.endsWith('/.probe')) return undefined
  if (stores.includes(text)) return 'folder'
  if (stores.some((store) => text.startsWith(`${store}/.partial/`))) return 'partial'
  if (text.startsWith(`${staging}/`) && text.includes('/.partial/')) return 'staged partial'
  if (text.startsWith(`${staging}/`)) return 'staged blob'
  return stores.some((store) => text.startsWith(`${store}/`)) ? 'blob' : undefined
}

/** What a plugin starts goes on by itself; after this point it does so while the server dies. */
function watchPrograms(childProcess) {
  const { spawn } = childProcess
  childProcess.spawn = (...args) => stepNow('start program', () => spawn(...args))
}

function watchFiles(fs) {
  const kinds = new WeakMap()
  const { open, link, unlink, rename } = fs
  fs.open = async (path, ...rest) => {
    const kind = kindOf(path)
    if (kind === undefined) return await open(path, ...rest)
    const handle = await step(`open ${kind}`, () => open(path, ...rest))
    watchHandles(Object.getPrototypeOf(handle), kinds)
    kinds.set(handle, kind)
    return handle
  }
  const onPath =
    (word, original, pathOf) =>
    async (...args) => {
      const kind = kindOf(pathOf(args))
      return kind === undefined ? await original(...args) : await step(`${word} ${kind}`, () => original(...args))
    }
  fs.link = onPath('link', link, ([, to]) => to)
  fs.rename = onPath('rename', rename, ([, to]) => to)
  fs.unlink = onPath('unlink', unlink, ([path]) => path)
  syncBuiltinESMExports()
}

let handlesAreWatched = false
function watchHandles(prototype, kinds) {
  if (handlesAreWatched) return
  handlesAreWatched = true
  for (const word of ['write', 'read', 'sync', 'datasync', 'truncate']) {
    const original = prototype[word]
    prototype[word] = function (...args) {
      const kind = kinds.get(this)
      if (kind === undefined) return original.apply(this, args)
      const half = () => {
        const [bytes, offset, length, position] = args
        return word === 'write' ? original.call(this, bytes, offset, Math.ceil(length / 2), position) : undefined
      }
      return step(`${word} ${kind}`, () => original.apply(this, args), half)
    }
  }
}

/** Tables that one connection changed since its last BEGIN; what a commit is named after. */
class Transaction {
  #tables = new Set()
  #isOpen = false

  /** The name of the point that the statement is, if it is one. */
  nameOf(sql) {
    const [, verb = '', table = ''] = change.exec(sql) ?? []
    if (watched.test(table)) {
      if (this.#isOpen) this.#tables.add(table)
      return `${verb.split(' ')[0].toUpperCase()} ${table}`
    }
    const [word = ''] = sql.trimStart().split(/[\s;]/, 1)
    const isEnd = /^(commit|rollback)$/i.test(word)
    if (!isEnd && !/^begin$/i.test(word)) return undefined
    const name =
      isEnd && this.#tables.size > 0 ? `${word.toUpperCase()} ${[...this.#tables].sort().join('+')}` : undefined
    this.#isOpen = !isEnd
    this.#tables.clear()
    return name
  }
}

const change = /^\s*(insert into|update|delete from)\s+(?:["`]?\w+["`]?\.)?["`](\w+)["`]/i
const watched = /^(Image\w*|Lease|Task)$/

function watchSqlite(Database) {
  const connection = new Database(':memory:')
  const prototype = Object.getPrototypeOf(connection.prepare('select 1'))
  connection.close()
  const transactions = new WeakMap()
  const watch = (word) => {
    const original = prototype[word]
    prototype[word] = function (...args) {
      const transaction = transactions.get(this.database) ?? new Transaction()
      transactions.set(this.database, transaction)
      const name = transaction.nameOf(this.source)
      return name === undefined ? original.apply(this, args) : stepNow(name, () => original.apply(this, args))
    }
  }
  for (const word of ['run', 'all', 'get']) watch(word)
}

function watchPostgresql({ Client }) {
  const transactions = new WeakMap()
  const original = Client.prototype.query
  Client.prototype.query = function (...args) {
    const [query] = args
    const sql = typeof query === 'string' ? query : (query?.text ?? '')
    const transaction = transactions.get(this) ?? new Transaction()
    transactions.set(this, transaction)
    const name = transaction.nameOf(sql)
    if (name === undefined) return original.apply(this, args)
    const callback = args.at(-1)
    const run = () => {
      if (typeof callback !== 'function') return original.apply(this, args)
      return new Promise((resolve, reject) => {
        original.call(this, ...args.slice(0, -1), (error, result) => (error ? reject(error) : resolve(result)))
      })
    }
    const half = async () => {
      run().catch(() => {})
      await new Promise((resolve) => setImmediate(resolve))
    }
    const outcome = step(name, run, half)
    if (typeof callback !== 'function') return outcome
    outcome.then((result) => callback(null, result), callback)
    return undefined
  }
}
