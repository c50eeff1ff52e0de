import { z } from 'zod'
import { config } from '@/lib/config/load'
import type { Db, DbOrTx } from '@/lib/db/client'
import { now } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { self } from './self'

/** An upload whose bytes come in pieces. Its id names the attempt in the staging folder of its node. */
export interface Upload {
  readonly id: string
  readonly imageId: string
  /** A finished one is remembered until it expires: a client whose last answer was lost asks for it. */
  readonly state: 'open' | 'finished'
  readonly nodeId: string
  /** who began it, and alone may go on with it */
  readonly userId: string
  readonly projectId: string | null
  readonly lengthBytes: number
  /** durable on its node */
  readonly offsetBytes: number
  /** Upload-Metadata as it was sent */
  readonly metadata: string
  /** where the image will be stored */
  readonly storeIds: readonly string[]
  readonly mustSucceed: boolean
  /** `sha512:` and lower-case hex, or null while the client has not said */
  readonly digest: string | null
  /** of image_size_total */
  readonly reservedBytes: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly expiresAt: Date
}

/** The right to write into an upload; lost to whoever takes it next. */
export interface UploadHold {
  readonly id: string
  readonly writer: string
}

export type NewUpload = Pick<
  Upload,
  | 'imageId'
  | 'userId'
  | 'projectId'
  | 'lengthBytes'
  | 'metadata'
  | 'storeIds'
  | 'mustSucceed'
  | 'digest'
  | 'reservedBytes'
>

type Row = NonNullable<Awaited<ReturnType<Db['upload']['findUnique']>>>

/**
 * Adds an open upload of this node; belongs in the transaction that moves the image to `uploading`. A finished one of
 * the same image is forgotten.
 */
export async function insertUpload(tx: DbOrTx, upload: NewUpload): Promise<Upload> {
  const at = now()
  await tx.upload.deleteMany({ where: { imageId: upload.imageId, state: 'finished' } })
  const row = await tx.upload.create({
    data: {
      id: newId(),
      ...upload,
      storeIds: [...upload.storeIds],
      state: 'open',
      nodeId: self().nodeId,
      createdAt: at,
      updatedAt: at,
      expiresAt: expiryFrom(at),
    },
  })
  return uploadOf(row)
}

export async function findUpload(client: DbOrTx, id: string): Promise<Upload | undefined> {
  const row = await client.upload.findUnique({ where: { id } })
  return row === null ? undefined : uploadOf(row)
}

/** The upload that an image waits for. */
export async function findOpenUpload(client: DbOrTx, imageId: string): Promise<Upload | undefined> {
  const row = await client.upload.findFirst({ where: { imageId, state: 'open' } })
  return row === null ? undefined : uploadOf(row)
}

export interface ListedUpload extends Upload {
  readonly image: { readonly name: string | null; readonly status: string; readonly isDeleted: boolean }
}

const image = { select: { name: true, status: true, isDeleted: true } } as const

/** What a user has begun in a project, newest first, at most 200; of one image when it is named. */
export async function findUploadsOf(
  client: Db,
  { userId, projectId, imageId }: { userId: string; projectId: string | null; imageId?: string | undefined },
): Promise<ListedUpload[]> {
  const rows = await client.upload.findMany({
    where: { userId, projectId, ...(imageId !== undefined && { imageId }) },
    include: { image },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: 200,
  })
  return rows.map(({ image: about, ...row }) => ({ ...uploadOf(row), image: about }))
}

export async function countOpenUploadsOf(
  client: Db,
  { userId, projectId }: { readonly userId: string; readonly projectId: string | null },
): Promise<number> {
  return await client.upload.count({ where: { userId, projectId, state: 'open' } })
}

/**
 * Makes an open upload of this node ours to write; whoever wrote before cannot record anything any more. Undefined when
 * there is no such upload. `fromNodeId` names the absent node whose folder turned out to be ours.
 */
export async function holdUpload(
  client: Db,
  id: string,
  { fromNodeId = self().nodeId }: { readonly fromNodeId?: string } = {},
): Promise<{ readonly hold: UploadHold; readonly upload: Upload } | undefined> {
  const hold = { id, writer: newId() }
  const at = now()
  const { count } = await client.upload.updateMany({
    where: { id, state: 'open', nodeId: fromNodeId },
    data: { writer: hold.writer, nodeId: self().nodeId, updatedAt: at, expiresAt: expiryFrom(at) },
  })
  const upload = count === 1 ? await findUpload(client, id) : undefined
  return upload === undefined ? undefined : { hold, upload }
}

/** Makes an upload ours to remove if it is still over its time. */
export async function holdExpired(client: Db, id: string): Promise<UploadHold | undefined> {
  const hold = { id, writer: newId() }
  const { count } = await client.upload.updateMany({
    where: { id, state: 'open', expiresAt: { lt: now() } },
    data: { writer: hold.writer },
  })
  return count === 1 ? hold : undefined
}

/** Notes how much is durable; false when the upload is not ours any more. */
export async function recordOffset(client: DbOrTx, { id, writer }: UploadHold, offsetBytes: number): Promise<boolean> {
  const at = now()
  const { count } = await client.upload.updateMany({
    where: { id, writer, state: 'open' },
    data: { offsetBytes, updatedAt: at, expiresAt: expiryFrom(at) },
  })
  return count === 1
}

/** Notes what all bytes must hash to; false when the upload is not ours any more. */
export async function recordDigest(client: DbOrTx, { id, writer }: UploadHold, digest: string): Promise<boolean> {
  const { count } = await client.upload.updateMany({ where: { id, writer, state: 'open' }, data: { digest } })
  return count === 1
}

/** Ends an upload well, in the transaction that names its bytes; false when it is not ours any more. */
export async function finishUpload(tx: DbOrTx, { id, writer }: UploadHold, lengthBytes: number): Promise<boolean> {
  const at = now()
  const { count } = await tx.upload.updateMany({
    where: { id, writer, state: 'open' },
    data: { state: 'finished', offsetBytes: lengthBytes, reservedBytes: 0, updatedAt: at, expiresAt: expiryFrom(at) },
  })
  return count === 1
}

/** Forgets an upload whose bytes are gone, or lie on a node that removes them by itself. */
export async function forgetUpload(tx: DbOrTx, { id, writer }: UploadHold): Promise<boolean> {
  const { count } = await tx.upload.deleteMany({ where: { id, writer } })
  return count === 1
}

/** Forgets the upload of an image that is deleted; its bytes are nobody's then, and go. */
export async function forgetUploadOf(tx: DbOrTx, imageId: string): Promise<void> {
  await tx.upload.deleteMany({ where: { imageId } })
}

/** Open uploads that got nothing for too long. */
export async function findExpiredUploads(client: Db): Promise<Upload[]> {
  const rows = await client.upload.findMany({ where: { state: 'open', expiresAt: { lt: now() } }, take: 100 })
  return rows.map(uploadOf)
}

export async function forgetFinished(client: Db, id: string): Promise<void> {
  await client.upload.deleteMany({ where: { id, state: 'finished' } })
}

export async function forgetFinishedUploads(client: Db): Promise<void> {
  await client.upload.deleteMany({ where: { state: 'finished', expiresAt: { lt: now() } } })
}

/** Which of these ids are open uploads. */
export async function knownUploads(client: Db, ids: readonly string[]): Promise<Set<string>> {
  const where = { id: { in: [...ids] }, state: 'open' }
  const rows = await client.upload.findMany({ where, select: { id: true } })
  return new Set(rows.map((row) => row.id))
}

function uploadOf({ writer: _writer, ...row }: Row): Upload {
  return {
    ...row,
    state: z.enum(['open', 'finished']).parse(row.state),
    lengthBytes: Number(row.lengthBytes),
    offsetBytes: Number(row.offsetBytes),
    reservedBytes: Number(row.reservedBytes),
    storeIds: z.array(z.string()).parse(row.storeIds),
  }
}

function expiryFrom(time: Date): Date {
  return new Date(time.getTime() + config().uploads.expireSeconds * 1000)
}
