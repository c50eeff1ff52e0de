import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { enforceOn, imageNotFound, visibleImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import { untilUnchanged } from '@/lib/images/image-repo'
import type { JsonSchema } from '@/lib/images/image-schema'
import { refuseUnfit } from '@/lib/images/inspect-location'
import { violation } from '@/lib/images/validate-document'
import { digestLength, isHex } from '@/lib/images/validation-data'
import { stores } from '@/lib/stores/registry'
import { announceTask } from '@/lib/tasks/wakeup'
import { recordImport } from './import-repo'
import { type LocationRequest, locationInputOf, locationRequestOf } from './location-plan'
import { refuseLocked } from './request-import'

/**
 * Asks for an image's data to be where a URL says: when this resolves there is a task that some node will do, and the
 * image is locked by it. Whether there is any data is the task's to find out. Throws `bad_request`, `image_not_found`,
 * `image_status_conflict`, `policy_denied`, `forbidden` and `conflict` in Glance's order. Source: images.md 9.7.
 */
export async function requestLocation(
  ctx: RequestContext,
  imageId: string,
  body: Readonly<Record<string, unknown>> | readonly unknown[],
): Promise<void> {
  const request = parse(body)
  const image = await visibleImage(ctx, imageId)
  refuseUnready(image)
  enforceOn(ctx, 'add_image_location', image)
  refuseUnlessService(ctx, request)
  checkDigest(request)
  refuseUnfit(request.url)
  await refuseLocked(image)
  const input = locationInputOf(imageId, request)
  const recorded = await untilUnchanged(imageId, async (current) => {
    refuseUnready(current.image)
    await refuseLocked(current.image)
    return await recordImport(ctx, current, { type: 'location_import', input, boundNodeId: null })
  })
  if (recorded === 'gone') throw imageNotFound(imageId)
  announceTask()
}

const bodySchema: JsonSchema = {
  type: 'object',
  properties: {
    url: { type: 'string', maxLength: 255 },
    validation_data: {
      type: 'object',
      additionalProperties: false,
      properties: {
        os_hash_algo: { type: 'string', enum: ['sha1', 'sha256', 'sha512', 'md5'] },
        os_hash_value: { type: 'string', maxLength: 128 },
      },
    },
  },
  required: ['url'],
}

function parse(body: Readonly<Record<string, unknown>> | readonly unknown[]): LocationRequest {
  const reason = violation(bodySchema, body)
  if (reason !== undefined) throw unfit(reason)
  const request = locationRequestOf(body)
  const { validationData: { os_hash_algo: algorithm, os_hash_value: value } = {} } = request
  if (algorithm !== undefined && value === undefined) throw unfit("'os_hash_value' is a dependency of 'os_hash_algo'")
  if (algorithm === undefined && value !== undefined) throw unfit("'os_hash_algo' is a dependency of 'os_hash_value'")
  return request
}

function unfit(reason: string) {
  return apiError('bad_request', { public: `Provided object does not match schema 'location': ${reason}` })
}

function refuseUnready({ status }: Image): void {
  if (status === 'queued') return
  throw apiError('image_status_conflict', {
    public: `It's not allowed to add locations if image status is ${status}.`,
  })
}

/** Only services, by their own token or beside a user's, know what lies in the stores; users may name the web. */
function refuseUnlessService({ principal }: RequestContext, { url }: LocationRequest): void {
  const roles = [...principal.roles, ...(principal.service?.roles ?? [])]
  if (roles.includes('service')) return
  const hasWeb = stores().all.some((store) => store.kind === 'http')
  if (hasWeb && /^https?:\/\//.test(url)) return
  throw apiError('forbidden', { public: 'http store must be enabled to use location API by normal user.' })
}

function checkDigest({ validationData: { os_hash_algo: algorithm, os_hash_value: value } = {} }: LocationRequest) {
  if (algorithm === undefined || value === undefined) return
  if (!isHex(value)) {
    throw apiError('bad_request', { public: `os_hash_value (${value}) is not a valid hexadecimal value` })
  }
  const bytes = digestLength(algorithm)
  if (value.length / 2 === bytes) return
  throw apiError('bad_request', {
    public: `os_hash_value: (${value}) is not the correct size for (${algorithm}) (should be (${bytes}) bytes)`,
  })
}
