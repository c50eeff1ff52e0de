import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import { getImage, imageNotFound } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import { untilUnchanged } from '@/lib/images/image-repo'
import { findStagingNode } from '@/lib/images/location-repo'
import { findOpenUpload } from '@/lib/images/upload-repo'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { refuseCallerOver } from '@/lib/quota/quota'
import { stores } from '@/lib/stores/registry'
import { checkUri } from '@/lib/stores/web/uri-filter'
import { presentNodes } from '@/lib/tasks/node-repo'
import { findTask } from '@/lib/tasks/task-repo'
import { announceTask } from '@/lib/tasks/wakeup'
import { inputOf } from './import-plan'
import { LOCK, recordImport } from './import-repo'
import { type ImportRequest, namedStores, parseImportRequest, remoteNameOf } from './import-request'

type Body = Readonly<Record<string, unknown>> | readonly unknown[]

/**
 * Starts an import: when this resolves there is a task that some node will do, and the image is locked by it. Nothing
 * happens for a copy to all stores that has nothing left to do. `token` is kept, encrypted, where another image service
 * must be shown it. Throws the errors of images.md 8.3, in their order.
 */
export async function requestImport(
  ctx: RequestContext,
  imageId: string,
  body: Body,
  options: { readonly headerStoreId?: string | undefined; readonly token?: string | undefined } = {},
): Promise<void> {
  const request = parseImportRequest(body)
  await refuseCallerOver(ctx, 'image_size_total', 0)
  const image = await getImage(ctx, imageId)
  refuseUnready(image, request.method)
  const remote = remoteNameOf(request)
  enforce(ctx, request.method === 'copy-image' ? 'copy_image' : 'modify_image', imageTarget(image))
  await refuseLocked(image)
  const storeIds = targetsOf(request, image, options.headerStoreId)
  if (storeIds.length === 0) return
  if (request.method === 'web-download') await checkUri(request.uri)
  const recorded = await untilUnchanged(imageId, async (current) => {
    refuseUnready(current.image, request.method)
    await refuseLocked(current.image)
    // What comes in pieces is imported by itself when all of it is there.
    if ((await findOpenUpload(db(), imageId)) !== undefined) throw conflict('Image has an upload that is not complete')
    const boundNodeId = request.method === 'glance-direct' ? await stagingNodeOf(imageId) : null
    const input = inputOf(imageId, body, request, { storeIds, roles: ctx.principal.roles, remote })
    const token = remote && options.token
    return await recordImport(ctx, current, { type: 'api_image_import', input, boundNodeId, token })
  })
  if (recorded === 'gone') throw imageNotFound(imageId)
  announceTask()
}

/**
 * The node that must do the import since it has the bytes; it need not be this one. Throws `stage_host_unavailable` when
 * that node is gone: the bytes may come back with it. Source: images.md 0.6.
 */
async function stagingNodeOf(imageId: string): Promise<string | null> {
  const nodeId = await findStagingNode(db(), imageId)
  const present = nodeId === null ? undefined : await presentNodes(db())
  if (nodeId !== null && present?.includes(nodeId) === false) throw apiError('stage_host_unavailable')
  return nodeId
}

function conflict(text: string) {
  return apiError('conflict', { public: text })
}

/** Source: images.md 4.3, C1 to C4, and 8.3 row 10. */
function refuseUnready({ status, containerFormat, diskFormat }: Image, method: ImportRequest['method']): void {
  if (method === 'copy-image') {
    if (status !== 'active') throw conflict('Only images with status active can be targeted for copying')
  } else if (status === 'active') {
    throw conflict('Image with status active cannot be target for import')
  } else if (method === 'glance-direct' && status !== 'uploading') {
    throw conflict("Image needs to be staged before 'glance-direct' method can be used")
  } else if (method !== 'glance-direct' && status !== 'queued') {
    throw conflict(`Image needs to be in 'queued' state to use '${method}' method`)
  }
  if (containerFormat === null) throw conflict("'container_format' needs to be set before import")
  if (diskFormat === null) throw conflict("'disk_format' needs to be set before import")
}

/** A lock whose task is over or forgotten holds nobody. Throws `conflict`. */
export async function refuseLocked({ properties }: Image): Promise<void> {
  const taskId = properties[LOCK]
  if (taskId === undefined) return
  const task = await findTask(db(), taskId)
  if (task?.status === 'pending' || task?.status === 'processing') throw conflict('Image has active task')
}

/** The stores that an image is to get to. Source: images.md 8.3, rows 14 to 18. */
export function targetsOf(
  request: Pick<ImportRequest, 'method' | 'allStores' | 'storeIds'>,
  image: Image,
  headerStoreId: string | undefined,
): readonly string[] {
  const registry = stores()
  const named = namedStores(request, headerStoreId)
  const holders = new Set(image.locations.map((location) => location.storeId))
  const isCopy = request.method === 'copy-image'
  if (request.allStores) {
    // Those that are shown as read-only are not meant, whatever made them so.
    const takers = registry.all.filter(({ capabilities, health }) => capabilities.write && health.state !== 'read-only')
    const ids = takers.map((store) => store.id)
    return isCopy ? ids.filter((id) => !holders.has(id)) : ids
  }
  const storeIds = named ?? [registry.defaultStoreId]
  for (const id of storeIds) {
    if (registry.find(id) === undefined) throw conflict(`Store for identifier ${id} not found`)
  }
  const present = isCopy ? storeIds.find((id) => holders.has(id)) : undefined
  if (present !== undefined) {
    throw apiError('bad_request', { public: `Image is already present at store '${present}'` })
  }
  return storeIds
}
