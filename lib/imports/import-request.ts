import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'

export const importMethods = ['glance-direct', 'web-download', 'copy-image', 'glance-download'] as const
export type ImportMethod = (typeof importMethods)[number]

/** An image at another image service, as the catalog and that service call it. */
export interface RemoteName {
  readonly region: string
  readonly imageId: string
  readonly interfaceName: string
}

/** What a client asks for, its form checked and nothing else. */
export interface ImportRequest {
  readonly method: ImportMethod
  /** web-download only; unchecked text */
  readonly uri: string
  /** what the bytes must hash to, an extension of ours: of a web-download, or an upload in pieces */
  readonly expectedDigest: { readonly algorithm: 'md5' | 'sha256' | 'sha512'; readonly value: string } | undefined
  /** the fields of the method, unchecked; see {@link remoteNameOf} */
  readonly fields: Readonly<Record<string, unknown>>
  /** undefined when the body names none */
  readonly storeIds: readonly string[] | undefined
  readonly allStores: boolean
  readonly mustSucceed: boolean
}

function malformed(text: string) {
  return apiError('bad_request', { public: text })
}

/**
 * Reads the body of an import request. Throws `bad_request` with Glance's texts, in its order.
 * Source: images.md 8.1 and 8.3, rows 2 to 6.
 */
export function parseImportRequest(body: Readonly<Record<string, unknown>> | readonly unknown[]): ImportRequest {
  const fields: Readonly<Record<string, unknown>> = Array.isArray(body) ? {} : { ...body }
  const method = methodOf(fields.method)
  const mustSucceed = flagOf(fields, 'all_stores_must_succeed', true)
  const allStores = flagOf(fields, 'all_stores', false)
  return { ...method, storeIds: storesOf(fields.stores), allStores, mustSucceed }
}

/**
 * The stores that a request names, undefined for none; `headerStoreId` is x-image-meta-store. Throws `bad_request` for
 * contradictions. Source: images.md 8.3, rows 14 and 15.
 */
export function namedStores(
  { allStores, storeIds: stores }: Pick<ImportRequest, 'allStores' | 'storeIds'>,
  headerStoreId: string | undefined,
): readonly string[] | undefined {
  if (allStores && (stores !== undefined || headerStoreId !== undefined)) {
    throw malformed("All_stores parameter can't be used with x-image-meta-store header or stores parameter")
  }
  // A client library that is asked for one store sends it both ways.
  const isRepeated = stores?.length === 1 && stores[0] === headerStoreId
  if (stores !== undefined && headerStoreId !== undefined && !isRepeated) {
    throw malformed("Stores parameter and x-image-meta-store header can't be both specified")
  }
  return stores ?? (headerStoreId === undefined ? undefined : [headerStoreId])
}

/**
 * The image that a glance-download is to copy, undefined for other methods. Throws `bad_request`.
 * Source: images.md 8.3, row 11.
 */
export function remoteNameOf({ method, fields }: ImportRequest): RemoteName | undefined {
  return method === 'glance-download' ? remoteNameIn(fields) : undefined
}

/** As {@link remoteNameOf}, of the fields of the method alone. */
export function remoteNameIn(fields: ImportRequest['fields']): RemoteName {
  const { glance_region: region, glance_image_id: imageId, glance_service_interface: name = 'public' } = fields
  if (typeof region !== 'string') throw unset('glance_region')
  if (imageId === undefined) throw unset('glance_image_id')
  const digits = typeof imageId === 'string' ? imageId.replace(/^urn:uuid:|[{}-]/gi, '') : ''
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i.exec(digits)
  if (parts === null) throw malformed(`Remote image id does not look like a UUID: ${String(imageId)}`)
  const interfaceName = interfaces.find((known) => known === name)
  if (interfaceName === undefined) {
    throw malformed(`'glance_service_interface' must be one of ${interfaces.join(', ')}`)
  }
  return { region, imageId: parts.slice(1).join('-').toLowerCase(), interfaceName }
}

const interfaces = ['public', 'internal', 'admin'] as const

function unset(field: string) {
  return malformed(`'${field}' needs to be set for glance-download import method`)
}

function methodOf(value: unknown): Pick<ImportRequest, 'method' | 'uri' | 'expectedDigest' | 'fields'> {
  if (value === undefined) throw malformed("Import request requires a 'method' field.")
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed("The 'method' field of an import request must be an object.")
  }
  const fields: Readonly<Record<string, unknown>> = { ...value }
  if (fields.name === undefined) throw malformed("Import request requires a 'name' field.")
  const method = importMethods.find((name) => name === fields.name)
  if (method === undefined || !config().images.enabledImportMethods.includes(method)) {
    throw malformed(
      `Unknown import method name '${typeof fields.name === 'string' ? fields.name : JSON.stringify(fields.name)}'.`,
    )
  }
  return {
    method,
    uri: typeof fields.uri === 'string' ? fields.uri : '',
    expectedDigest: method === 'web-download' ? digestOf(fields) : undefined,
    fields,
  }
}

const digestLengths = { md5: 32, sha256: 64, sha512: 128 } as const

function digestOf({ os_hash_algo: algorithm, os_hash_value: value }: Readonly<Record<string, unknown>>) {
  if (algorithm === undefined && value === undefined) return undefined
  if (algorithm !== 'md5' && algorithm !== 'sha256' && algorithm !== 'sha512') {
    throw malformed("'os_hash_algo' must be one of md5, sha256, sha512")
  }
  const length = digestLengths[algorithm]
  if (typeof value !== 'string' || value.length !== length || !/^[0-9a-f]+$/i.test(value)) {
    throw malformed(`'os_hash_value' must be ${length} hexadecimal digits for ${algorithm}`)
  }
  return { algorithm, value: value.toLowerCase() } as const
}

function flagOf(fields: Readonly<Record<string, unknown>>, name: string, absent: boolean): boolean {
  const value = fields[name] ?? absent
  if (typeof value !== 'boolean') throw malformed(`'${name}' must be boolean value only`)
  return value
}

function storesOf(value: unknown): string[] | undefined {
  if (value === undefined) return undefined
  const ids = Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []
  if (!Array.isArray(value) || ids.length !== value.length || ids.length === 0) {
    throw malformed("'stores' must be a list of store ids that is not empty")
  }
  return [...new Set(ids)]
}
