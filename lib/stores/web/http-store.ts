import type { IncomingMessage } from 'node:http'
import { apiError, isApiError } from '@/lib/errors/api-error'
import type { BlobLocation, BlobReader, BlobWriter, Store, StoredBlob } from '../store'
import { HttpReader } from './http-reader'
import { askWeb, lengthOf, type WebAnswer, type WebRequest } from './web-request'

/** A server that says nothing keeps a client that adds a location waiting for this long at most. */
const STAT_DEADLINE_MS = 30_000

export interface HttpStoreOptions {
  readonly id: string
  readonly description: string | null
  readonly weight: number
}

interface Range {
  readonly offset: number
  readonly length: number | undefined
}

/**
 * Images that lie on somebody's web server: their bytes are read from the location's URL, through the filter of
 * downloads, and never written or removed. Why a server does not give them is for the log; callers learn only that.
 */
export class HttpStore implements Store {
  readonly kind = 'http'
  readonly id: string
  readonly description: string | null
  readonly weight: number
  readonly capabilities = {
    write: false,
    range: true,
    sparse: false,
    directUrl: true,
    fastCopy: false,
    acl: false,
  } as const

  constructor({ id, description, weight }: HttpStoreOptions) {
    this.id = id
    this.description = description
    this.weight = weight
  }

  takesUrl(url: string): boolean {
    return /^https?:\/\//.test(url)
  }

  async openWriter(): Promise<BlobWriter> {
    throw apiError('store_add_disabled')
  }

  async openReader(
    location: BlobLocation,
    { offset = 0, length, signal }: { offset?: number; length?: number; signal: AbortSignal },
  ): Promise<BlobReader> {
    const isWhole = offset === 0 && length === undefined
    const headers = isWhole ? {} : { range: `bytes=${offset}-${length === undefined ? '' : offset + length - 1}` }
    const { response } = await this.#ask(location, { headers, signal })
    return new HttpReader({ response, ...partOf(response, { offset, length }) })
  }

  async stat(location: BlobLocation): Promise<{ sizeBytes: number }> {
    const signal = AbortSignal.timeout(STAT_DEADLINE_MS)
    const { response } = await this.#ask(location, { method: 'HEAD', signal })
    response.destroy()
    return { sizeBytes: wholeLength(response) }
  }

  /** The bytes are not ours: only whoever names them forgets them. */
  async delete(): Promise<void> {}

  async discardAttempt(): Promise<void> {}

  async *list(): AsyncGenerator<StoredBlob> {}

  async probe(): Promise<{ writable: boolean }> {
    return { writable: false }
  }

  detail(): Record<string, string> {
    return {}
  }

  async #ask({ url }: BlobLocation, request: WebRequest): Promise<WebAnswer> {
    if (!this.takesUrl(url)) throw apiError('store_object_missing')
    let answer: WebAnswer
    try {
      answer = await askWeb(url, request)
    } catch (error) {
      if (!isApiError(error) && request.signal.aborted && request.method !== 'HEAD') throw error
      throw apiError('store_unavailable', { cause: error, detail: { storeId: this.id } })
    }
    const { statusCode = 0 } = answer.response
    if ([200, 206, 416].includes(statusCode)) return answer
    answer.response.destroy()
    if (statusCode === 404 || statusCode === 410) throw apiError('store_object_missing')
    throw apiError('store_unavailable', { detail: { storeId: this.id, statusCode } })
  }
}

/** Where the wanted bytes are in an answer: a server may send all of them although a range was asked for. */
function partOf(response: IncomingMessage, { offset, length }: Range) {
  if (response.statusCode === 416) return { skipBytes: 0, sizeBytes: 0 }
  if (response.statusCode === 206) {
    const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(response.headers['content-range'] ?? '') ?? []
    const sizeBytes = Number(last) - Number(first) + 1
    if (Number(first) === offset) return { skipBytes: 0, sizeBytes: Math.min(length ?? sizeBytes, sizeBytes) }
    response.destroy()
    throw apiError('store_unavailable', { detail: { contentRange: response.headers['content-range'] } })
  }
  const available = Math.max(0, wholeLength(response) - offset)
  return { skipBytes: offset, sizeBytes: Math.min(length ?? available, available) }
}

/** Throws `store_unavailable` when the server does not say: without it nobody could tell a part from the whole. */
function wholeLength(response: IncomingMessage): number {
  const length = response.statusCode === 200 ? lengthOf(response) : undefined
  if (length !== undefined) return length
  response.destroy()
  throw apiError('store_unavailable', { detail: { statusCode: response.statusCode, contentLength: null } })
}
