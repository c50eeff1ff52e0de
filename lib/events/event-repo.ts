import { z } from 'zod'
import { type Db, db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { now } from '@/lib/runtime/clock'
import { redactUrls } from '@/lib/runtime/redact-urls'
import type { Actor, EventOutcome, NewEvent } from './event'

/** An event as it is kept. */
export interface EventRow {
  readonly id: number
  /** its place among all; 0 for what no stream shows */
  readonly position: number
  readonly type: string
  readonly outcome: string
  readonly imageId: string | null
  readonly taskId: string | null
  readonly memberId: string | null
  readonly userId: string | null
  readonly projectId: string | null
  readonly requestId: string | null
  readonly before: Readonly<Record<string, unknown>> | null
  readonly payload: Readonly<Record<string, unknown>>
  /** epoch milliseconds */
  readonly createdAt: number
}

/**
 * Tells what a transaction changes, in that very transaction: an event exists exactly when its change does. The row is
 * the audit record too. It gets its place among all events later, see {@link readEvents}.
 */
export async function insertEvents(tx: Tx, events: readonly NewEvent[], outcome: EventOutcome = 'success') {
  const createdAt = now()
  await tx.event.createMany({
    data: events.map(({ by, before, payload, ...event }) => ({
      ...event,
      userId: by.userId,
      projectId: by.projectId,
      requestId: by.requestId,
      outcome,
      ...(before !== undefined && { before: plain(before) }),
      payload: plain(payload),
      createdAt,
    })),
  })
}

export interface Refusal {
  readonly by: Actor
  readonly imageId: string | null
  /** what was asked for, as `PATCH /v2/images/…` */
  readonly what: string
  readonly status: number
  readonly reason: string
}

/** Keeps a write that was refused for the audit; no stream shows it. */
export async function insertRefusal(client: Db, { by, imageId, what, status, reason }: Refusal): Promise<void> {
  await client.event.create({
    data: {
      type: what,
      outcome: 'refused',
      position: 0,
      imageId,
      ...by,
      payload: plain({ status, reason: redactUrls(reason) }),
      createdAt: now(),
    },
    select: { id: true },
  })
}

const BATCH = 500
const COUNTER = 'event-position'

/**
 * Events after a place, in the order of their places: whoever goes on from the last one misses none and sees none
 * twice. Places are given here and not by the writers, since transactions do not commit in the order in which a
 * sequence served them: a reader would step over a number whose transaction is not over.
 */
export async function readEvents(after: number, limit: number): Promise<EventRow[]> {
  await placeEvents()
  const rows = await db().event.findMany({
    where: { position: { gt: after } },
    orderBy: { position: 'asc' },
    take: limit,
  })
  return rows.map(eventOf)
}

/** The place of the newest event; 0 when there never was one. */
export async function lastPosition(): Promise<number> {
  await placeEvents()
  const counter = await db().setting.findUnique({ where: { name: COUNTER } })
  return Number(counter?.value ?? 0)
}

/** The place of the oldest event that is still kept; undefined when none is. */
export async function firstPosition(): Promise<number | undefined> {
  const first = await db().event.findFirst({
    where: { position: { gt: 0 } },
    orderBy: { position: 'asc' },
    select: { position: true },
  })
  return first === null ? undefined : Number(first.position)
}

async function placeEvents(): Promise<void> {
  for (;;) {
    const waiting = await db().event.findFirst({ where: { position: null }, select: { id: true } })
    if (waiting === null || (await placeBatch()) < BATCH) return
  }
}

/** Nodes take turns by the lock on the counter's row. */
async function placeBatch(): Promise<number> {
  return await inTransaction(db(), async (tx) => {
    const updatedAt = now()
    await tx.setting.upsert({
      where: { name: COUNTER },
      create: { name: COUNTER, value: '0', updatedAt },
      update: { updatedAt },
    })
    const counter = await tx.setting.findUniqueOrThrow({ where: { name: COUNTER } })
    const last = Number(counter.value)
    const count = await tx.$executeRaw`
      UPDATE "Event" SET "position" = w."place" + ${last} FROM (
        SELECT "id", row_number() OVER (ORDER BY "id") AS "place" FROM (
          SELECT "id" FROM "Event" WHERE "position" IS NULL ORDER BY "id" LIMIT ${BATCH}
        ) AS v
      ) AS w WHERE "Event"."id" = w."id"`
    await tx.setting.update({ where: { name: COUNTER }, data: { value: String(last + count) } })
    return count
  })
}

export interface AuditQuery {
  readonly imageId?: string
  readonly projectId?: string
  readonly userId?: string
  readonly requestId?: string
  /** only rows with smaller ids */
  readonly beforeId?: number
  readonly limit: number
}

export interface AuditPage {
  readonly rows: readonly EventRow[]
  /** `beforeId` of the next page; null when there is none */
  readonly next: number | null
}

/** Only images have an index; so many rows are looked at for others before the page ends, full or not. */
const AUDIT_WINDOW = 20_000

/** What was done and refused, newest first. */
export async function findAuditRows({ beforeId, limit, ...fields }: AuditQuery): Promise<AuditPage> {
  const newest = await db().event.findFirst({ orderBy: { id: 'desc' }, select: { id: true } })
  if (newest === null) return { rows: [], next: null }
  const end = Math.min(beforeId ?? Number.POSITIVE_INFINITY, Number(newest.id) + 1)
  const start = fields.imageId === undefined ? Math.max(end - AUDIT_WINDOW, 0) : 0
  const found = await db().event.findMany({
    where: { ...fields, outcome: { not: 'progress' }, id: { gte: start, lt: end } },
    orderBy: { id: 'desc' },
    take: limit,
  })
  const rows = found.map(eventOf)
  const next = rows.length === limit ? (rows.at(-1)?.id ?? 0) : start
  return { rows, next: next > 0 ? next : null }
}

/** Removes up to `limit` rows of one outcome that are older than a time; how many there were. */
export async function forgetEvents(
  client: Db,
  options: { readonly before: Date; readonly limit: number; readonly outcome: EventOutcome },
): Promise<number> {
  const { before, limit, outcome } = options
  const rows = await client.event.findMany({
    where: { outcome, createdAt: { lt: before } },
    select: { id: true },
    take: limit,
  })
  if (rows.length === 0) return 0
  const { count } = await client.event.deleteMany({ where: { id: { in: rows.map(({ id }) => id) } } })
  return count
}

const document = z.record(z.string(), z.unknown())

type Row = NonNullable<Awaited<ReturnType<Db['event']['findUnique']>>>

function eventOf({ id, position, before, payload, createdAt, ...row }: Row): EventRow {
  return {
    ...row,
    id: Number(id),
    position: Number(position ?? 0),
    before: before === null ? null : document.parse(before),
    payload: document.parse(payload),
    createdAt: createdAt.getTime(),
  }
}

/** A copy without what JSON has no word for, and without NUL and half characters, which PostgreSQL refuses in JSON. */
function plain(value: Readonly<Record<string, unknown>>) {
  const text = JSON.stringify(value).replace(/\\(?:u(0000|d[89a-f][0-9a-f]{2})|.)/g, (sequence, refused) =>
    refused === undefined ? sequence : '\ufffd',
  )
  return JSON.parse(text)
}
