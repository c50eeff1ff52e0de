import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { self } from '@/lib/images/self'
import {
  countOpenUploadsOf,
  findUpload,
  findUploadsOf,
  holdUpload,
  type ListedUpload,
  type Upload,
  type UploadHold,
} from '@/lib/images/upload-repo'
import { stores } from '@/lib/stores/registry'
import { presentNodes } from '@/lib/tasks/node-repo'
import { findTasksOfImage } from '@/lib/tasks/task-repo'

/** An upload, and why its import failed when it did. */
export interface OwnUpload extends ListedUpload {
  readonly failure: { readonly message: string; readonly requestId: string | null } | null
}

/** The caller's own uploads in its project, newest first, those that are finished lately too. */
export async function listUploads(
  { principal }: RequestContext,
  query: { readonly imageId?: string | undefined } = {},
): Promise<OwnUpload[]> {
  const { userId, projectId } = principal
  const uploads = await findUploadsOf(db(), { userId, projectId, ...query })
  return await Promise.all(uploads.map(async (upload) => ({ ...upload, failure: await failureOf(upload) })))
}

/** How many uploads the caller has begun in its project and not finished. */
export async function countOpenUploads({ principal }: RequestContext): Promise<number> {
  const { userId, projectId } = principal
  return await countOpenUploadsOf(db(), { userId, projectId })
}

async function failureOf({ state, imageId, image }: ListedUpload): Promise<OwnUpload['failure']> {
  if (state !== 'finished' || image.status !== 'queued') return null
  const last = (await findTasksOfImage(db(), imageId, null)).at(-1)
  return last?.status === 'failure' ? { message: last.message, requestId: last.requestId } : null
}

/**
 * An upload that the caller has begun; with another token or session of the same user in the same project, too. Throws
 * `upload_not_found`, also for others'.
 */
export async function ownUpload({ principal }: RequestContext, id: string): Promise<Upload> {
  const upload = await findUpload(db(), id)
  const isOwn = upload?.userId === principal.userId && upload.projectId === principal.projectId
  if (upload === undefined || !isOwn) throw apiError('upload_not_found')
  return upload
}

/**
 * Makes an upload this request's to write. One of an absent node is taken over where its bytes turn out to lie in this
 * node's folder: a shared one, or that of a container that got another name. Throws `upload_not_found`,
 * `upload_elsewhere` and `stage_host_unavailable`.
 */
export async function holdHere(upload: Upload): Promise<{ readonly hold: UploadHold; readonly upload: Upload }> {
  const { id, imageId, nodeId, offsetBytes } = upload
  if (nodeId !== self().nodeId) {
    const present = await presentNodes(db())
    if (present === undefined || present.includes(nodeId)) throw elsewhere(nodeId)
    const isOurs = offsetBytes === 0 || (await stores().staging.resuming?.holdsAttempt(imageId, id))
    if (!isOurs) throw apiError('stage_host_unavailable')
  }
  const held = await holdUpload(db(), id, { fromNodeId: nodeId })
  if (held === undefined) throw apiError('upload_not_found')
  return held
}

/** Throws `upload_elsewhere` unless this node can say how far the upload has come. */
export function requireHere({ state, nodeId }: Upload): void {
  if (state === 'open' && nodeId !== self().nodeId) throw elsewhere(nodeId)
}

function elsewhere(nodeId: string): ApiError {
  return apiError('upload_elsewhere', {
    public: `The bytes of this upload lie on another node, ${nodeId}; requests for it must go there.`,
    headers: { 'retry-after': '1' },
  })
}
