import { type ApiError, apiError } from '@/lib/errors/api-error'
import type { Logger } from '@/lib/runtime/logger'
import { withoutCredentials } from '@/lib/stores/location-uri'
import { storeOfUrl } from '@/lib/stores/registry'

/** A location that a client named, looked at. */
export interface InspectedLocation {
  readonly storeId: string
  readonly sizeBytes: number
}

/** One answer to whatever is wrong: what a server inside or outside said is not for whoever asks us to look. */
export function invalidLocation(): ApiError {
  return apiError('bad_request', { public: 'Invalid location' })
}

/**
 * Throws the 400 of a URL that may not even be kept: one with a name and password, which it would show to all who see
 * the image, or with characters that no URL has.
 */
export function refuseUnfit(url: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  const isOdd = /[\u0000-\u0020\u007f\ud800-\udfff]/.test(url)
  if (isOdd || withoutCredentials(url) !== url) throw invalidLocation()
}

/**
 * Looks at the data that a client says an image has: which store may name it, and its size. Only stores that say so
 * take locations from clients, so that none can lead to a file of this machine or to another image's data.
 * Throws `bad_request`, always the same. Source: images.md 6.5.
 */
export async function inspectLocation(url: string, log: Logger): Promise<InspectedLocation> {
  refuseUnfit(url)
  const store = storeOfUrl(url)
  if (store === undefined) throw invalidLocation()
  try {
    const { sizeBytes } = await store.stat({ storeId: store.id, url })
    if (sizeBytes > 0) return { storeId: store.id, sizeBytes }
  } catch (error) {
    log.info({ err: error, storeId: store.id }, 'a location was refused')
  }
  throw invalidLocation()
}
