import { z } from 'zod'
import { config } from '@/lib/config/load'
import type { DigestAlgorithm } from '@/lib/data-plane/store-bytes'
import { apiError } from '@/lib/errors/api-error'
import { imageEndpoint } from '@/lib/identity/image-endpoint'
import { attributeKind, checkProperty } from '@/lib/images/image-rules'
import type { UriUse } from '@/lib/stores/web/uri-filter'
import type { RemoteName } from '../import-request'
import { fetchText, openDownload, type RemoteFile } from './web-download'

const DOCUMENT_BYTES_MAX = 12 * 1024 * 1024

// The address comes from the catalog, which the operator writes.
export const remoteUse: UriUse = { subject: 'Processed URI for glance-download', isTrusted: true }

/** An image at another image service, and how to get its bytes. */
export interface RemoteImage {
  /** as that service shows it, unchecked but for what is named below */
  readonly document: Readonly<Record<string, unknown>>
  /** of its bytes */
  readonly fileUrl: string
  readonly sizeBytes: number
  readonly diskFormat: string | null
  readonly containerFormat: string | null
  /** the properties that a copy takes over */
  readonly properties: Readonly<Record<string, string>>
  /** what the bytes must hash to; undefined when that service does not say */
  readonly digest: { readonly algorithm: DigestAlgorithm; readonly value: string } | undefined
  /** Throws as {@link openDownload}. */
  open(signal: AbortSignal): Promise<RemoteFile>
}

const documentSchema = z.looseObject({
  status: z.string(),
  size: z.number().int().nonnegative().nullish(),
  disk_format: z.string().nullish(),
  container_format: z.string().nullish(),
  checksum: z.string().nullish(),
  os_hash_algo: z.string().nullish(),
  os_hash_value: z.string().nullish(),
})

/**
 * Asks the image service of a region, which the catalog names, for an image with the token of whoever wants the copy.
 * Throws `bad_request` when the address is filtered, and `source_unavailable` when there is no such service, or no such
 * active image in it. Source: images.md 8.6, step c.
 */
export async function findRemoteImage(
  { region, imageId, interfaceName }: RemoteName,
  { token, signal }: { readonly token: string | undefined; readonly signal: AbortSignal },
): Promise<RemoteImage> {
  if (token === undefined) throw unavailable('The token of whoever asked for the import is gone; ask for it again.')
  const endpoint = await imageEndpoint(token, { region, interfaceName })
  if (endpoint === undefined) {
    throw unavailable(`The catalog has no ${interfaceName} endpoint of an image service in region ${region}.`)
  }
  const address = `${endpoint.replace(/\/v2$/, '')}/v2/images/${imageId}`
  const text = await fetchText(address, signal, { use: remoteUse, token, bytesMax: DOCUMENT_BYTES_MAX })
  const parsed = documentSchema.safeParse(jsonOf(text))
  if (!parsed.success) throw unavailable(`The image service of region ${region} did not answer with an image.`)
  const { status, size, disk_format, container_format } = parsed.data
  if (status !== 'active') throw unavailable(`Source image status should be active instead of ${status}`)
  if (size == null) throw unavailable(`Size attribute of remote image ${imageId} could not be determined.`)
  const digest = digestOf(parsed.data)
  const fileUrl = `${address}/file`
  return {
    document: parsed.data,
    fileUrl,
    sizeBytes: size,
    diskFormat: disk_format ?? null,
    containerFormat: container_format ?? null,
    properties: copiedProperties(parsed.data),
    digest,
    open: (stop) => openDownload(fileUrl, stop, { use: remoteUse, token, isVerified: digest !== undefined }),
  }
}

function unavailable(text: string) {
  return apiError('source_unavailable', { public: text })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The strongest digest that can be computed here. */
function digestOf({ os_hash_algo, os_hash_value, checksum }: z.infer<typeof documentSchema>): RemoteImage['digest'] {
  const algorithm = (['sha512', 'sha256', 'md5'] as const).find((name) => name === os_hash_algo)
  if (algorithm !== undefined && os_hash_value != null) return { algorithm, value: os_hash_value.toLowerCase() }
  return checksum == null ? undefined : { algorithm: 'md5', value: checksum.toLowerCase() }
}

/** Custom properties whose names begin as the operator says; never one of the service's own. */
function copiedProperties(document: Readonly<Record<string, unknown>>): Record<string, string> {
  const { copiedProperties: beginnings } = config().imports
  const entries = Object.entries(document).flatMap(([name, value]): [string, string][] => {
    const isWanted = attributeKind(name) === 'custom' && beginnings.some((beginning) => name.startsWith(beginning))
    return isWanted && typeof value === 'string' ? [[name, value]] : []
  })
  for (const [name, value] of entries) checkProperty(name, value)
  return Object.fromEntries(entries)
}
