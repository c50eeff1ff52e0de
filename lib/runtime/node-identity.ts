import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { logger } from './logger'
import { processSingleton, setProcessSingleton } from './process-singleton'

export interface NodeIdentity {
  /** stays the same when the process is started again on the same data folder */
  readonly nodeId: string
  /** new at each start */
  readonly bootId: string
}

interface NodeRecord {
  readonly nodeId: string
  readonly host: string
  readonly pid: number
  readonly startedAt: string
}

/**
 * Who this process is among those that share a database. The node id lies in the data folder and is taken over only
 * when its last holder is provably gone; a second process on the same folder gets an id of its own.
 */
export function nodeIdentity(dataFolder: string): NodeIdentity {
  return processSingleton('node-identity', () => ({ nodeId: claimNodeId(dataFolder), bootId: randomUUID() }))
}

export function setNodeIdentity(identity: NodeIdentity | undefined): void {
  setProcessSingleton('node-identity', identity)
}

/**
 * The node id of this process. When the claim cannot be written, as on a full disk, it is one that nobody has had: the
 * node works, and what its last process held is left to those who wait until it runs out.
 */
export function claimNodeId(dataFolder: string): string {
  const path = join(dataFolder, 'node.json')
  const last = readRecord(path)
  if (last !== undefined && (last.host !== hostname() || isRunning(last))) return randomUUID()
  const record: NodeRecord = {
    nodeId: last?.nodeId ?? randomUUID(),
    host: hostname(),
    pid: process.pid,
    startedAt: startOf(process.pid),
  }
  try {
    writeRecord(path, record)
    return record.nodeId
  } catch (error) {
    logger().warn({ err: error, path }, 'the id of this node could not be kept; it has one for this start alone')
    // Not the last one's: unclaimed, a second process would take the same.
    return randomUUID()
  }
}

function writeRecord(path: string, record: NodeRecord): void {
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, `${JSON.stringify(record)}\n`)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function readRecord(path: string): NodeRecord | undefined {
  try {
    const value: Partial<NodeRecord> = JSON.parse(readFileSync(path, 'utf8'))
    const { nodeId, host, pid, startedAt } = value
    if (typeof nodeId !== 'string' || typeof host !== 'string') return undefined
    if (typeof pid !== 'number' || typeof startedAt !== 'string') return undefined
    return { nodeId, host, pid, startedAt }
  } catch {
    return undefined
  }
}

function isRunning(record: NodeRecord): boolean {
  if (record.pid === process.pid) return record.startedAt === startOf(process.pid)
  try {
    process.kill(record.pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const startedAt = startOf(record.pid)
  // Where no start time can be told the process counts as the same: waiting for its leases to expire is the safe side.
  return startedAt === '' || startedAt === record.startedAt
}

/** When a process began, in the kernel's ticks since boot; tells a process from a later one with the same number. */
function startOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const bootedAt = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const [state, ...fields] = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? 'ended' : `${bootedAt}/${fields[18] ?? ''}`
  } catch {
    return ''
  }
}
