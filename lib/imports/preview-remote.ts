import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { attributeKind } from '@/lib/images/image-rules'
import { enforce } from '@/lib/policy/enforce'
import { mayUseProperty } from '@/lib/policy/property-protection'
import { ownNewImageTarget } from '@/lib/policy/targets'
import { remoteNameIn } from './import-request'
import { lookAtFile } from './preview-source'
import { withinPreviewTurn } from './preview-turns'
import { findRemoteImage, type RemoteImage, remoteUse } from './steps/glance-download'
import type { RemotePreview } from './view'

/**
 * Looks at an image of another region before an import of it, by the steps that the import begins with, and at a few
 * small parts of its data. `token` is the asker's. Throws `bad_request` when the id, the filter or the settings are
 * against it, `source_unavailable` when there is no such region or no such active image for the asker,
 * `too_many_requests`, `unauthorized` and `policy_denied`.
 */
export async function previewRemoteImage(
  ctx: RequestContext,
  { region, imageId }: { readonly region: string; readonly imageId: string },
  token: string,
): Promise<RemotePreview> {
  enforce(ctx, 'add_image', ownNewImageTarget(ctx))
  if (!config().images.enabledImportMethods.includes('glance-download')) {
    throw apiError('bad_request', { public: 'This cloud does not import from other regions.' })
  }
  const name = remoteNameIn({ glance_region: region, glance_image_id: imageId.trim() })
  return await withinPreviewTurn(ctx.principal.userId, async (signal) => {
    const found = await findRemoteImage(name, { token, signal }).catch(inWordsFor(region, 'image'))
    const { inspection } = await lookAtFile(found.fileUrl, { use: remoteUse, token, signal }).catch(
      inWordsFor(region, 'data'),
    )
    return { region, imageId: name.imageId, ...described(found), ...propertiesOf(ctx, found), inspection }
  })
}

function described({ document, sizeBytes, diskFormat, containerFormat, digest }: RemoteImage) {
  const { name, status, min_disk: minDisk, min_ram: minRam } = document
  return {
    ...{ sizeBytes, diskFormat, containerFormat, hash: digest ?? null },
    name: typeof name === 'string' ? name : '',
    status: String(status),
    minDiskGib: countOf(minDisk),
    minRamMib: countOf(minRam),
  }
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}

function propertiesOf(ctx: RequestContext, { document, properties }: RemoteImage) {
  const others = Object.entries(document).flatMap(([name, value]): [string, string][] => {
    const isOther = attributeKind(name) === 'custom' && !Object.hasOwn(properties, name)
    return isOther && typeof value === 'string' && mayUseProperty(ctx, name, 'create') ? [[name, value]] : []
  })
  return { copiedProperties: properties, otherProperties: Object.fromEntries(others) }
}

/** What the other service's refusal means here; it answers alike for what is not there and what it does not show. */
function inWordsFor(region: string, what: 'image' | 'data') {
  return (error: unknown): never => {
    const status = isApiError(error) ? error.detail.sourceStatus : undefined
    const words =
      status === 404 && what === 'image'
        ? `Region ${region} has no image with this id, or does not show it to you.`
        : status === 401 || status === 403
          ? `Region ${region} does not let you read ${what === 'image' ? 'this image' : 'the data of this image'}.`
          : undefined
    throw words === undefined ? error : apiError('source_unavailable', { public: words, cause: error })
  }
}
