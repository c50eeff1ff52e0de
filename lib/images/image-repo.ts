import { z } from 'zod'
import { type Db, type DbOrTx, db, type Tx } from '@/lib/db/client'
import { rawReader } from '@/lib/db/raw-query'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import type { Actor } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'
import { now, nowToTheSecond } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { type Image, type ImageLocation, type Visibility, visibilities } from './image'
import { type ChangeNote, changeEvents, creationEvent } from './image-events'
import { hydration, type ImageRow, imageOfRow } from './image-rows'
import { valuePrefixOf } from './list-sql'
import { condemnActive } from './location-repo'
import { self } from './self'
import { type ImageStatus, imageStatuses } from './status'

/** Columns that a change may set; absent keys stay. */
export interface ImageChange {
  readonly name?: string | null
  readonly status?: ImageStatus
  readonly visibility?: Visibility
  readonly ownerId?: string | null
  readonly diskFormat?: string | null
  readonly containerFormat?: string | null
  readonly sizeBytes?: number | null
  readonly virtualSizeBytes?: number | null
  readonly checksum?: string | null
  readonly hashAlgorithm?: string | null
  readonly hashValue?: string | null
  readonly minRamMib?: number
  readonly minDiskGib?: number
  readonly isProtected?: boolean
  readonly isHidden?: boolean
  readonly isDeleted?: boolean
  readonly deletedAt?: Date | null
  /** what a restored image is again */
  readonly statusBefore?: ImageStatus | null
  /** the whole new set */
  readonly tags?: readonly string[]
  /** the whole new set */
  readonly properties?: Readonly<Record<string, string>>
}

export interface NewLocation {
  readonly storeId: string
  readonly url: string
  readonly metadata?: Readonly<Record<string, unknown>>
  /** active when absent */
  readonly state?: LocationState
}

/**
 * Readers know active ones alone. `staged` bytes wait for an import on this node, `held` ones for the other stores of
 * theirs; `deleting` ones must go.
 */
export type LocationState = 'active' | 'staged' | 'held' | 'deleting'

export interface ChangeOptions {
  /** The change is one of a deleted image; only that happens then. */
  readonly ofDeleted?: boolean
  /** The change happens only in one of these statuses. */
  readonly from?: readonly ImageStatus[]
  /** The change happens only if nothing else changed the image since it was read with this revision. */
  readonly revision?: number
  readonly set: ImageChange
  /** properties of the service's own (`os_glance_…`, what imports inject) to set or, with null, to remove; others stay */
  readonly setService?: Readonly<Record<string, string | null>>
  readonly addLocation?: NewLocation
  /** How the locations that readers know become: those of now by their ids, and new ones, in order. */
  readonly locations?: {
    readonly all: readonly (ImageLocation | NewLocation)[]
    /** The others are condemned with it: whose they are to remove. */
    readonly claimId: string
  }
  /** for the events of the change, which are written with it */
  readonly note: ChangeNote
}

/** An image with the counter that a read-modify-write hands back to {@link changeImage}. */
export interface ImageWithRevision {
  readonly image: Image
  readonly revision: number
  /** when it was deleted, else null */
  readonly deletedAt: Date | null
  readonly statusBefore: ImageStatus | null
}

/** The image whoever asks, deleted ones excepted. */
export async function findImage(id: string): Promise<Image | undefined> {
  const reader = rawReader()
  const live = reader.flavour === 'sqlite' ? '0' : 'false'
  const mark = reader.flavour === 'sqlite' ? '@p1' : '$1'
  const sql = `SELECT ${hydration[reader.flavour]} FROM "Image" i WHERE i."id" = ${mark} AND i."isDeleted" = ${live}`
  const [row] = await reader.tuples<ImageRow>(sql, [id])
  return row === undefined ? undefined : imageOfRow(row)
}

/** A deleted image, for the place that it had in a list. */
export async function findDeletedImage(id: string): Promise<Image | undefined> {
  return (await readDeletedImage(db(), id))?.image
}

export function readDeletedImage(tx: DbOrTx, id: string): Promise<ImageWithRevision | undefined> {
  return readRecord(tx, { id, isDeleted: true })
}

const relations = {
  tags: { orderBy: { position: 'asc' } },
  properties: true,
  locations: { where: { state: 'active' }, orderBy: { position: 'asc' } },
} as const

/** The image inside a transaction, with its revision. */
export function readImage(tx: DbOrTx, id: string): Promise<ImageWithRevision | undefined> {
  return readRecord(tx, { id, isDeleted: false })
}

/**
 * As {@link readImage}, and nobody else changes the image until the transaction ends. Whoever changes an image and its
 * locations takes the image first, or two of them may wait for each other, and PostgreSQL gives one of them up.
 */
export async function holdImage(tx: Tx, id: string): Promise<ImageWithRevision | undefined> {
  await tx.image.updateMany({ where: { id, isDeleted: false }, data: { revision: { increment: 0 } } })
  return await readImage(tx, id)
}

async function readRecord(
  tx: DbOrTx,
  where: { id: string; isDeleted?: boolean },
): Promise<ImageWithRevision | undefined> {
  const record = await tx.image.findFirst({ where, include: relations })
  return record === null ? undefined : imageOfRecord(record)
}

/** These images, deleted ones too, in any order. */
export async function findImagesEver(ids: readonly string[]): Promise<Image[]> {
  const records = await db().image.findMany({ where: { id: { in: [...ids] } }, include: relations })
  return records.map((record) => imageOfRecord(record).image)
}

const findRecord = (client: Db) => client.image.findFirst({ include: relations })

function imageOfRecord(record: NonNullable<Awaited<ReturnType<typeof findRecord>>>): ImageWithRevision {
  const { tags, properties, locations, sizeBytes, virtualSizeBytes, createdAt, updatedAt, revision } = record
  const { isDeleted: _isDeleted, deletedAt, statusBefore, revision: _revision, ...columns } = record
  const image: Image = {
    ...columns,
    status: z.enum(imageStatuses).parse(record.status),
    visibility: z.enum(visibilities).parse(record.visibility),
    sizeBytes: sizeBytes === null ? null : Number(sizeBytes),
    virtualSizeBytes: virtualSizeBytes === null ? null : Number(virtualSizeBytes),
    createdAt: createdAt.getTime(),
    updatedAt: updatedAt.getTime(),
    tags: tags.map((tag) => tag.value),
    properties: Object.fromEntries(properties.map((property) => [property.name, property.value])),
    locations: locations.map(({ id: locationId, storeId, url, metadata }) => ({
      id: locationId,
      storeId,
      url,
      metadata: z.record(z.string(), z.unknown()).parse(metadata),
    })),
    memberId: null,
  }
  return { image, revision, deletedAt, statusBefore: z.enum(imageStatuses).nullable().parse(statusBefore) }
}

/** The status of a row, deleted ones included; undefined when the id was never used. */
export async function findStatus(tx: DbOrTx, id: string): Promise<ImageStatus | undefined> {
  const record = await tx.image.findUnique({ where: { id }, select: { status: true } })
  return record === null ? undefined : z.enum(imageStatuses).parse(record.status)
}

/** Writes a new image and its event. Fails with Prisma's P2002 when the id was ever used. */
export async function insertImage(client: DbOrTx, image: Image, by: Actor): Promise<void> {
  const { tags, properties, locations: _locations, memberId: _memberId, ...columns } = image
  await inTransaction(client, async (tx) => {
    await tx.image.create({
      data: {
        ...columns,
        sizeBytes: bigintOf(image.sizeBytes),
        virtualSizeBytes: bigintOf(image.virtualSizeBytes),
        createdAt: new Date(image.createdAt),
        updatedAt: new Date(image.updatedAt),
        tags: { create: tagRows(tags) },
        properties: { create: propertyRows(properties) },
        search: { create: { text: searchText(image) } },
      },
    })
    await insertEvents(tx, [creationEvent(by, image)])
  })
}

/**
 * The one way a row changes: a conditional update that also moves updatedAt and the revision. Answers 'conflict' when
 * the image is gone, in another status, or (with `revision`) was changed meanwhile; then nothing was written. Moving
 * to queued forgets size, digests and virtual size. The events of the change are written with it.
 */
export function changeImage(client: DbOrTx, id: string, options: ChangeOptions): Promise<Image | 'conflict'> {
  return inTransaction(client, (tx) => changeInside(tx, id, options))
}

async function changeInside(tx: Tx, id: string, options: ChangeOptions): Promise<Image | 'conflict'> {
  const { ofDeleted = false, from, revision, set, setService, addLocation, locations, note } = options
  const { tags, properties, ...columns } = set.status === 'queued' ? { ...forgotten, ...set } : set
  const { sizeBytes, virtualSizeBytes, ...rest } = columns
  const { count } = await tx.image.updateMany({
    where: {
      id,
      isDeleted: ofDeleted,
      ...(from !== undefined && { status: { in: [...from] } }),
      ...(revision !== undefined && { revision }),
    },
    data: {
      ...rest,
      ...(sizeBytes !== undefined && { sizeBytes: bigintOf(sizeBytes) }),
      ...(virtualSizeBytes !== undefined && { virtualSizeBytes: bigintOf(virtualSizeBytes) }),
      updatedAt: nowToTheSecond(),
      revision: { increment: 1 },
    },
  })
  if (count === 0) return 'conflict'
  if (tags !== undefined) await replaceTags(tx, id, tags)
  if (properties !== undefined) await replaceProperties(tx, id, properties)
  if (setService !== undefined) await setServiceProperties(tx, id, setService)
  if (addLocation !== undefined) await insertLocation(tx, id, addLocation)
  if (locations !== undefined) await arrangeLocations(tx, id, locations)
  const changed = await readRecord(tx, { id })
  if (changed === undefined) return 'conflict'
  const isFound = set.isDeleted === undefined ? !ofDeleted : !set.isDeleted
  if (isSearched(options)) await replaceSearch(tx, changed.image, isFound)
  await insertEvents(tx, changeEvents(note, changed.image, changed.deletedAt))
  return changed.image
}

const TRIES_MAX = 20

/**
 * Reads an image and runs a change that depends on what was read, again and again until nothing else changed the image
 * in between; `attempt` answers 'conflict' to be asked anew. Returns 'gone' when there is no such image. Throws
 * `conflict` when others change it all the time.
 */
export async function untilUnchanged<T>(
  id: string,
  attempt: (current: ImageWithRevision) => Promise<T | 'conflict'>,
): Promise<T | 'gone'> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const current = await readImage(db(), id)
    if (current === undefined) return 'gone'
    const done = await attempt(current)
    if (done !== 'conflict') return done
  }
  throw apiError('conflict', { public: 'The image is being changed too often; try again.' })
}

const forgotten: ImageChange = {
  sizeBytes: null,
  virtualSizeBytes: null,
  checksum: null,
  hashAlgorithm: null,
  hashValue: null,
}

/** Properties that free text is looked for in, beside the name and the tags. */
const searchedProperties = ['description', 'os_distro', 'os_version'] as const

/** One line for each part, in lower case, so that a text does not go from one into the next. */
function searchText({ name, tags, properties }: Pick<Image, 'name' | 'tags' | 'properties'>): string {
  const described = searchedProperties.flatMap((key) => properties[key] ?? [])
  return [name ?? '', ...tags, ...described].join('\n').toLowerCase()
}

function isSearched({ set, setService }: ChangeOptions): boolean {
  const { name, tags, properties, isDeleted } = set
  if ([name, tags, properties, isDeleted].some((value) => value !== undefined)) return true
  return searchedProperties.some((key) => setService?.[key] !== undefined)
}

async function replaceSearch(tx: DbOrTx, image: Image, isFound: boolean): Promise<void> {
  const imageId = image.id
  if (!isFound) {
    await tx.imageSearch.deleteMany({ where: { imageId } })
    return
  }
  const text = searchText(image)
  await tx.imageSearch.upsert({ where: { imageId }, create: { imageId, text }, update: { text } })
}

async function replaceTags(tx: DbOrTx, imageId: string, tags: readonly string[]): Promise<void> {
  await tx.imageTag.deleteMany({ where: { imageId } })
  const rows = tagRows(tags).map((row) => ({ imageId, ...row }))
  if (rows.length > 0) await tx.imageTag.createMany({ data: rows })
}

async function replaceProperties(
  tx: DbOrTx,
  imageId: string,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  await tx.imageProperty.deleteMany({ where: { imageId } })
  const rows = propertyRows(properties).map((row) => ({ imageId, ...row }))
  if (rows.length > 0) await tx.imageProperty.createMany({ data: rows })
}

async function arrangeLocations(
  tx: DbOrTx,
  imageId: string,
  { all, claimId }: NonNullable<ChangeOptions['locations']>,
): Promise<void> {
  const kept = all.flatMap((location) => ('id' in location ? location.id : []))
  const where = { imageId, state: 'active', id: { notIn: kept } }
  await condemnActive(tx, await tx.imageLocation.findMany({ where, select: { id: true } }), claimId)
  for (const [position, location] of all.entries()) {
    if (!('id' in location)) await insertLocation(tx, imageId, location, position)
    else {
      const metadata = JSON.parse(JSON.stringify(location.metadata))
      await tx.imageLocation.updateMany({ where: { id: location.id, imageId }, data: { position, metadata } })
    }
  }
}

async function insertLocation(tx: DbOrTx, imageId: string, location: NewLocation, at?: number): Promise<void> {
  const position = at ?? (await tx.imageLocation.count({ where: { imageId } }))
  await tx.imageLocation.create({
    data: {
      id: newId(),
      imageId,
      storeId: location.storeId,
      url: location.url,
      metadata: JSON.parse(JSON.stringify(location.metadata ?? { store: location.storeId })),
      state: location.state ?? 'active',
      nodeId: location.state === 'staged' ? self().nodeId : null,
      position,
      createdAt: now(),
    },
  })
}

/** Images whose deletion is older than a time and not for good yet. */
export async function findImagesToScrub(client: Db, deletedBefore: Date): Promise<string[]> {
  const rows = await client.image.findMany({
    where: { isDeleted: true, status: 'pending_delete', deletedAt: { lte: deletedBefore } },
    select: { id: true },
    take: 1000,
  })
  return rows.map(({ id }) => id)
}

/** Marks locations of an image, all or those of one state, as bytes that must go. */
export async function condemnLocations(tx: DbOrTx, imageId: string, state?: LocationState): Promise<void> {
  await tx.imageLocation.updateMany({
    where: { imageId, ...(state === undefined ? { state: { not: 'deleting' } } : { state }) },
    data: { state: 'deleting' },
  })
}

/** Lets readers see what an import held back until all its stores had it. */
export async function promoteLocations(tx: DbOrTx, imageId: string): Promise<void> {
  await tx.imageLocation.updateMany({ where: { imageId, state: 'held' }, data: { state: 'active' } })
}

async function setServiceProperties(
  tx: DbOrTx,
  imageId: string,
  properties: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null) await tx.imageProperty.deleteMany({ where: { imageId, name } })
    else {
      await tx.imageProperty.upsert({
        where: { imageId_name: { imageId, name } },
        create: { imageId, name, value, valuePrefix: valuePrefixOf(value) },
        update: { value, valuePrefix: valuePrefixOf(value) },
      })
    }
  }
}

function bigintOf(value: number | null): bigint | null {
  return value === null ? null : BigInt(value)
}

function tagRows(tags: readonly string[]) {
  return [...new Set(tags)].map((value, position) => ({ value, position }))
}

function propertyRows(properties: Readonly<Record<string, string>>) {
  return Object.entries(properties).map(([name, value]) => ({ name, value, valuePrefix: valuePrefixOf(value) }))
}
