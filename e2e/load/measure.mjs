// Shared pieces of the benches: medians, processes, curl, wrk.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

export const GiB = 1024 ** 3
export const MiB = 1024 ** 2

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Runs a program to its end; rejects on a status other than 0. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve(out)
      else reject(new Error(`${command} ended with ${status}: ${err.slice(-400)}`))
    })
  })
}

/** CPU seconds that processes and their children have used, from the kernel's own accounting. */
export function cpuSeconds(pids) {
  const ticks = 100
  let total = 0
  for (const pid of withDescendants(pids)) {
    try {
      const fields = statFields(pid)
      total += (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / ticks
    } catch {}
  }
  return total
}

/** What follows the command's name, which may itself hold any character. */
function statFields(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function withDescendants(pids) {
  const parents = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      parents.set(Number(name), Number(statFields(name)[1]))
    } catch {}
  }
  const found = new Set(pids)
  let grew = true
  while (grew) {
    grew = false
    for (const [pid, parent] of parents) {
      if (found.has(parent) && !found.has(pid)) {
        found.add(pid)
        grew = true
      }
    }
  }
  return found
}

export function residentMiB(pid) {
  const line = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return line === null ? 0 : Number(line[1]) / 1024
}

/** Random bytes: nothing compresses and nothing is skipped as zeros. */
export async function makeFile(path, bytes) {
  mkdirSync(dirname(path), { recursive: true })
  await run('sh', [
    '-c',
    `openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 -in /dev/zero 2>/dev/null | head -c ${bytes} > "$0"`,
    path,
  ])
}

/** Runs of random bytes of 16 MiB, evenly spread; the rest are holes. */
export async function makeSparseFile(path, bytes, dataBytes) {
  const runBytes = 16 * MiB
  const file = await open(path, 'w')
  try {
    await file.truncate(bytes)
    const runs = Math.floor(dataBytes / runBytes)
    for (let run = 0; run < runs; run++) {
      await file.write(randomBytes(runBytes), 0, runBytes, Math.floor((run * bytes) / runs / MiB) * MiB)
    }
  } finally {
    await file.close()
  }
}

const header = (headers) => Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])

/** Uploads a file with curl; returns seconds. */
export async function curlPut(url, file, headers = {}) {
  const out = await run('curl', [
    '-sS',
    '-T',
    file,
    '-H',
    'Expect:',
    ...header(headers),
    '-o',
    '/dev/null',
    '-w',
    '%{http_code} %{time_total}',
    url,
  ])
  return seconds(out, url)
}

export async function curlGet(url, headers = {}) {
  const out = await run('curl', ['-sS', ...header(headers), '-o', '/dev/null', '-w', '%{http_code} %{time_total}', url])
  return seconds(out, url)
}

function seconds(out, url) {
  const [status, time] = out.trim().split(' ')
  if (!/^2/.test(status)) throw new Error(`${url} answered ${status}`)
  return Number(time)
}

/** Requests per second, their p50 and p99 in milliseconds, and the server's CPU milliseconds for each. */
export async function wrk(server, path, { connections = 16, durationSeconds, script }) {
  const args = ['-c', String(connections), '-t', '1', '-d', `${durationSeconds}s`, '--timeout', '30s', '--latency']
  if (script !== undefined) args.push('-s', script)
  const before = cpuSeconds(server.pids)
  const out = await run('wrk', [...args, ...header(server.headers), `${server.origin}${path}`])
  const cpu = cpuSeconds(server.pids) - before
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(out)
  if (errors !== null) throw new Error(`${server.origin}${path}: ${errors[1]} answers were not 2xx`)
  const requests = Number(/(\d+) requests in/.exec(out)?.[1] ?? 0)
  if (requests === 0) throw new Error(`${server.origin}${path} answered nothing in ${durationSeconds} s`)
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1] ?? 0),
    p50: milliseconds(/50%\s+([\d.]+\w+)/.exec(out)?.[1]),
    p99: milliseconds(/99%\s+([\d.]+\w+)/.exec(out)?.[1]),
    cpuMs: (cpu * 1000) / requests,
  }
}

/**
 * The same of a server so slow that wrk would leave before the first answers: what it abandons is still worked on and
 * would burden the next in turn. Asks for `durationSeconds`, then waits for every answer; POSTs when there is a body.
 */
export async function patientLoad(server, path, { connections = 16, durationSeconds, body }) {
  const method = body === undefined ? 'GET' : 'POST'
  const headers = { ...server.headers, ...(body !== undefined && { 'content-type': 'application/json' }) }
  const times = []
  const before = cpuSeconds(server.pids)
  const started = performance.now()
  const ask = async () => {
    do {
      const asked = performance.now()
      const response = await fetch(`${server.origin}${path}`, { method, headers, body })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`${server.origin}${path} answered ${response.status}`)
      times.push(performance.now() - asked)
    } while (performance.now() - started < durationSeconds * 1000)
  }
  await Promise.all(Array.from({ length: connections }, ask))
  const elapsedMs = performance.now() - started
  times.sort((a, b) => a - b)
  return {
    rate: (times.length * 1000) / elapsedMs,
    p50: median(times),
    p99: times[Math.ceil(times.length * 0.99) - 1],
    cpuMs: ((cpuSeconds(server.pids) - before) * 1000) / times.length,
  }
}

function milliseconds(text = '0ms') {
  const value = Number.parseFloat(text)
  if (text.endsWith('us')) return value / 1000
  return text.endsWith('ms') ? value : value * 1000
}

const requestColumns = ['request, 16 connections', 'server', 'per second', 'p50 ms', 'p99 ms', 'CPU ms', 'Glimpse / it']

/** Prints what servers did with the same requests; `samples` by request and server, with a NUL between. Gives medians. */
export function reportRequests(title, samples) {
  const mid = (what, name, key) => median((samples.get(`${what}\0${name}`) ?? []).map((sample) => sample[key]))
  const rows = [...samples.keys()].map((key) => {
    const [what, name] = key.split('\0')
    const [rate, p50, p99, cpuMs] = ['rate', 'p50', 'p99', 'cpuMs'].map((item) => mid(what, name, item))
    return [what, name, rate, p50, p99, cpuMs, name === 'Glimpse' ? '' : mid(what, 'Glimpse', 'rate') / rate]
  })
  console.log(table(title, requestColumns, rows))
  return mid
}
export function table(title, columns, rows) {
  const cells = [
    columns,
    ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? round(cell) : String(cell)))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index].length)))
  const line = (row) => `| ${row.map((cell, index) => cell.padEnd(widths[index])).join(' | ')} |`
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [`\n### ${title}\n`, line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n')
}

function round(value) {
  if (!Number.isFinite(value)) return '–'
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
