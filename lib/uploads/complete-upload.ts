import type { RequestContext } from '@/lib/context/request-context'
import type { RunningFacts } from '@/lib/data-plane/running-facts'
import type { Received } from '@/lib/data-plane/store-bytes'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import type { Image } from '@/lib/images/image'
import { changeImage, readImage } from '@/lib/images/image-repo'
import { self } from '@/lib/images/self'
import { finishUpload, type Upload, type UploadHold } from '@/lib/images/upload-repo'
import { inputOf } from '@/lib/imports/import-plan'
import { LOCK } from '@/lib/imports/import-repo'
import type { ImportRequest } from '@/lib/imports/import-request'
import { stagedFacts } from '@/lib/imports/staged-facts'
import { newId } from '@/lib/runtime/ids'
import type { BlobLocation, ResumableWriter } from '@/lib/stores/store'
import { insertTask } from '@/lib/tasks/task-repo'
import { announceTask } from '@/lib/tasks/wakeup'

interface Complete {
  readonly ctx: RequestContext
  readonly hold: UploadHold
  readonly upload: Upload
  readonly image: Image
}

/**
 * Ends an upload whose bytes have all come: they are staged and their import begins, in one transaction. Until then the
 * upload does not say that it has all of them, so a client that went on after a crash here sends its last piece again.
 * Throws `format_refused` and `digest_mismatch`, after which the upload must be ended, and `upload_gone`.
 */
export async function completeUpload(
  complete: Complete,
  writer: ResumableWriter,
  facts: RunningFacts | undefined,
): Promise<void> {
  const received = await facts?.finish(complete.upload.lengthBytes)
  if (received !== undefined) refuseOther(complete.upload, received)
  const location = await writer.commit()
  try {
    await record(complete, location, received)
  } catch (error) {
    // A transaction that failed on the way may have been committed.
    if (isApiError(error)) await writer.abort()
    throw error
  }
  await writer.settle()
  announceTask()
}

function refuseOther({ digest }: Upload, { digests }: Received): void {
  const expected = expectedOf(digest)
  const actual = expected && digests[expected.algorithm]
  if (actual !== undefined && actual !== expected?.value) throw apiError('digest_mismatch')
}

async function record(
  { ctx, hold, upload, image: inspected }: Complete,
  location: BlobLocation,
  received: Received | undefined,
): Promise<void> {
  const { imageId, lengthBytes, storeIds, mustSucceed, reservedBytes } = upload
  const taskId = newId()
  await inTransaction(db(), async (tx) => {
    const found = await readImage(tx, imageId)
    const changed =
      found &&
      (await changeImage(tx, imageId, {
        from: ['uploading'],
        set: { sizeBytes: lengthBytes },
        setService: { [LOCK]: taskId },
        addLocation: { ...location, state: 'staged', metadata: received ? stagedFacts(received, inspected) : {} },
        note: { by: actorOf(ctx), was: found.image },
      }))
    if (changed === undefined || changed === 'conflict') throw apiError('upload_gone')
    // The image first, as where it is deleted, so that two transactions do not wait for each other.
    if (!(await finishUpload(tx, hold, lengthBytes))) throw apiError('upload_gone')
    const request = { ...direct, storeIds, mustSucceed, expectedDigest: expectedOf(upload.digest) }
    const body = { method: { name: direct.method }, stores: storeIds, all_stores_must_succeed: mustSucceed }
    const { principal, requestId } = ctx
    await insertTask(tx, {
      id: taskId,
      type: 'api_image_import',
      imageId,
      ownerId: principal.projectId,
      userId: principal.userId,
      requestId,
      input: inputOf(imageId, body, request, { storeIds, roles: principal.roles, remote: undefined }),
      boundNodeId: self().nodeId,
      reservedBytes,
    })
  })
}

const direct: Pick<ImportRequest, 'uri' | 'fields' | 'allStores'> & { readonly method: 'glance-direct' } = {
  method: 'glance-direct',
  uri: '',
  fields: {},
  allStores: false,
}

function expectedOf(digest: string | null): ImportRequest['expectedDigest'] {
  const [algorithm, value] = digest?.split(':') ?? []
  if (value === undefined || (algorithm !== 'sha256' && algorithm !== 'sha512')) return undefined
  return { algorithm, value }
}
