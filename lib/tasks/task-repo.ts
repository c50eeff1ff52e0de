import { z } from 'zod'
import { config } from '@/lib/config/load'
import { taskKey } from '@/lib/config/session-secret'
import { type Db, type DbOrTx, db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { insertEvents } from '@/lib/events/event-repo'
import { self } from '@/lib/images/self'
import { now } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { logger } from '@/lib/runtime/logger'
import { redactUrls } from '@/lib/runtime/redact-urls'
import { seal, unseal } from '@/lib/runtime/seal'
import { presentNodes } from './node-repo'
import { type Task, type TaskStatus, type TaskType, taskStatuses, taskTypes } from './task'
import { taskEvent } from './task-events'

type Row = NonNullable<Awaited<ReturnType<Db['task']['findUnique']>>>
type Json = Readonly<Record<string, unknown>>

/** A task that this process works on, until it finishes or loses it. */
export interface ClaimedTask extends Task {
  readonly type: TaskType
  readonly bootId: string
}

export interface NewTask {
  /** a new one when absent */
  readonly id?: string
  readonly type: TaskType
  readonly input: Json
  readonly ownerId: string | null
  readonly userId: string | null
  readonly requestId: string | null
  readonly imageId: string | null
  /** the only node that can do the work; another gives it up when that one is gone */
  readonly boundNodeId?: string | null
  /** what it has of image_size_total from the beginning, in bytes */
  readonly reservedBytes?: number
  /** the asker's token, kept encrypted until the task ends */
  readonly token?: string | undefined
}

/** Adds a pending task; belongs in the transaction that locks its image. */
export async function insertTask(tx: Tx, given: NewTask): Promise<Task> {
  const at = now()
  const { id = newId(), token, ...fields } = given
  const credential = token === undefined ? null : seal(token, taskKey(), id)
  const data = { id, ...fields, credential, input: plain(given.input), status: 'pending', createdAt: at, updatedAt: at }
  const task = taskOf(await tx.task.create({ data }))
  await insertEvents(tx, [taskEvent('task.create', task)])
  return task
}

/** The token of whoever asked for the task; undefined when none is kept, or a node with another secret keeps it. */
export async function tokenOfTask(client: Db, { id }: Task): Promise<string | undefined> {
  const row = await client.task.findUnique({ where: { id }, select: { credential: true } })
  return row?.credential == null ? undefined : unseal(row.credential, taskKey(), id)
}

export async function findTask(client: DbOrTx, id: string): Promise<Task | undefined> {
  const row = await client.task.findUnique({ where: { id } })
  return row === null ? undefined : taskOf(row)
}

/** Tasks of an image that are not forgotten yet, newest last; of one project, or of all with null. */
export async function findTasksOfImage(client: Db, imageId: string, ownerId: string | null): Promise<Task[]> {
  const rows = await client.task.findMany({
    where: { imageId, ...notForgotten(), ...(ownerId !== null && { ownerId }) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map(taskOf)
}

export interface TaskQuery {
  readonly type?: TaskType
  readonly status?: TaskStatus
  readonly sortKey: 'createdAt' | 'updatedAt' | 'status' | 'type' | 'id' | 'expiresAt'
  readonly sortDir: 'asc' | 'desc'
  readonly limit: number
  /** only of these */
  readonly statuses?: readonly TaskStatus[]
  /** only of this project */
  readonly ownerId?: string
  /** the id that the page before ended with */
  readonly after?: string
}

export async function findTasks(client: Db, query: TaskQuery): Promise<Task[]> {
  const { type, status, statuses, ownerId, sortKey, sortDir, limit, after } = query
  const rows = await client.task.findMany({
    where: {
      ...notForgotten(),
      ...(type !== undefined && { type }),
      ...(status !== undefined && { status }),
      ...(statuses !== undefined && { status: { in: [...statuses] } }),
      ...(ownerId !== undefined && { ownerId }),
    },
    orderBy: [{ [sortKey]: sortDir }, ...(sortKey === 'id' ? [] : [{ id: sortDir }])],
    take: limit,
    ...(after !== undefined && { cursor: { id: after }, skip: 1 }),
  })
  return rows.map(taskOf)
}

/** Removes tasks whose time is over. */
export async function forgetTasks(client: Db): Promise<number> {
  const { count } = await client.task.deleteMany({
    where: { expiresAt: { lt: now() }, status: { in: ['success', 'failure'] } },
  })
  return count
}

/**
 * Makes the oldest task ours that nobody works on: one that is pending, one whose node let its claim run out, or one
 * that this node had before it was started again. One that only another node can do is left to it while it lives, and
 * one of a kind that came with a later release to the nodes that have it. Undefined when there is none.
 */
export async function claimTask(client: Db): Promise<ClaimedTask | undefined> {
  const { nodeId, bootId } = self()
  const present = await presentNodes(client)
  const candidates = await client.task.findMany({
    where: {
      type: { in: [...taskTypes] },
      AND: [
        {
          OR: [
            { status: 'pending' },
            { status: 'processing', claimedUntil: { lt: now() } },
            { status: 'processing', nodeId, bootId: { not: bootId } },
          ],
        },
        {
          OR: [
            { boundNodeId: null },
            { boundNodeId: nodeId },
            ...(present === undefined ? [] : [{ boundNodeId: { notIn: present } }]),
          ],
        },
      ],
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 20,
  })
  for (const row of candidates) {
    const taken = {
      status: 'processing',
      nodeId,
      bootId,
      attempts: row.attempts + 1,
      claimedUntil: claimEnd(),
      updatedAt: now(),
    }
    const task = { ...taskOf({ ...row, ...taken }), type: z.enum(taskTypes).parse(row.type), bootId }
    const isOurs = await inTransaction(client, async (tx) => {
      const { count } = await tx.task.updateMany({
        where: { id: row.id, status: row.status, attempts: row.attempts },
        data: taken,
      })
      if (count === 1) await insertEvents(tx, [taskEvent('task.processing', task)])
      return count === 1
    })
    if (isOurs) return task
  }
  return undefined
}

/** How often others are told of progress. */
const PROGRESS_EVERY_MS = 2_000

/**
 * Renews a claim three times in its life, and tells every two seconds what `message` says of the progress if that is
 * news. `onLost` is called once, when the task is not ours any more or the database was out of reach until the claim
 * ran out.
 */
export function keepTask(task: ClaimedTask, options: { message: () => string; onLost: () => void }): { stop(): void } {
  const intervalMs = (config().uploads.leaseSeconds * 1000) / 3
  let claimedUntil = claimEnd()
  let isStopped = false
  let told = task.message
  const stop = () => {
    isStopped = true
    clearInterval(timer)
    clearInterval(teller)
  }
  const renew = async () => {
    let isOurs = true
    try {
      const next = claimEnd()
      const { count } = await db().task.updateMany({
        where: fencing(task),
        data: { claimedUntil: next, updatedAt: now() },
      })
      isOurs = count === 1
      claimedUntil = next
    } catch (error) {
      logger().warn({ err: error, taskId: task.id }, 'the claim of a task could not be renewed')
      isOurs = now() < claimedUntil
    }
    if (isOurs || isStopped) return
    stop()
    options.onLost()
  }
  const timer = setInterval(() => void renew(), intervalMs)
  timer.unref()
  const tell = async () => {
    const message = options.message()
    if (message === told) return
    told = message
    try {
      await tellProgress(task, message)
    } catch (error) {
      logger().warn({ err: error, taskId: task.id }, 'the progress of a task could not be told')
    }
  }
  const teller = setInterval(() => void tell(), PROGRESS_EVERY_MS)
  teller.unref()
  return { stop }
}

async function tellProgress(task: ClaimedTask, message: string): Promise<void> {
  await inTransaction(db(), async (tx) => {
    const updatedAt = now()
    const { count } = await tx.task.updateMany({ where: fencing(task), data: { message, updatedAt } })
    if (count === 0) return
    const event = taskEvent('task.progress', { ...task, updatedAt: updatedAt.getTime() })
    await insertEvents(tx, [{ ...event, payload: { ...event.payload, progress: message } }], 'progress')
  })
}

/** Whether the task is still ours, held until the transaction ends. */
export async function holdTask(tx: DbOrTx, task: ClaimedTask): Promise<boolean> {
  const { count } = await tx.task.updateMany({ where: fencing(task), data: { updatedAt: now() } })
  return count === 1
}

/** What a running task has reserved of its image owner's limits; see {@link reserveForTask}. */
export async function findReservedBytes(tx: DbOrTx, { id }: ClaimedTask): Promise<number> {
  const row = await tx.task.findUnique({ where: { id }, select: { reservedBytes: true } })
  return Number(row?.reservedBytes ?? 0)
}

/** Counts until the task is over; whoever takes it over has it too. */
export async function reserveForTask(tx: DbOrTx, task: ClaimedTask, reservedBytes: number): Promise<void> {
  await tx.task.updateMany({ where: fencing(task), data: { reservedBytes } })
}

/** Lets others have a task at once, as when the node stops. */
export async function releaseTask(client: Db, task: ClaimedTask): Promise<void> {
  await client.task.updateMany({
    where: fencing(task),
    data: { claimedUntil: new Date(0), attempts: task.attempts - 1, status: 'pending', bootId: null },
  })
}

export interface TaskEnd {
  readonly status: 'success' | 'failure'
  readonly message: string
  readonly result?: Json
}

/** Ends a task; false when it is not ours any more, and then nothing of it may be changed. */
export async function finishTask(tx: Tx, task: ClaimedTask, end: TaskEnd): Promise<boolean> {
  const at = now()
  const expiresAt = new Date(at.getTime() + config().tasks.timeToLiveHours * 3_600_000)
  const { count } = await tx.task.updateMany({
    where: fencing(task),
    data: {
      status: end.status,
      message: redactUrls(end.message),
      ...(end.result !== undefined && { result: plain(end.result) }),
      updatedAt: at,
      claimedUntil: null,
      credential: null,
      expiresAt,
    },
  })
  if (count === 0) return false
  const ended = { ...task, status: end.status, updatedAt: at.getTime(), expiresAt: expiresAt.getTime() }
  await insertEvents(tx, [taskEvent(end.status === 'success' ? 'task.success' : 'task.failure', ended)])
  return true
}

function fencing({ id, bootId, attempts }: ClaimedTask) {
  return { id, bootId, attempts, status: 'processing' }
}

function claimEnd(): Date {
  return new Date(now().getTime() + config().uploads.leaseSeconds * 1000)
}

function notForgotten() {
  return { OR: [{ expiresAt: null }, { expiresAt: { gte: now() } }] }
}

const document = z.record(z.string(), z.unknown())

/** A copy without what JSON has no word for. */
function plain(value: Json) {
  return JSON.parse(JSON.stringify(value))
}

function taskOf(row: Row): Task {
  return {
    id: row.id,
    type: row.type,
    status: z.enum(taskStatuses).parse(row.status),
    input: document.parse(row.input),
    result: row.result === null ? null : document.parse(row.result),
    message: row.message,
    ownerId: row.ownerId,
    userId: row.userId,
    requestId: row.requestId,
    imageId: row.imageId,
    attempts: row.attempts,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
    expiresAt: row.expiresAt?.getTime() ?? null,
  }
}
