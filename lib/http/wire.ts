import { apiError } from '@/lib/errors/api-error'

/**
 * One HTTP request as the API's handlers see it. The listener makes it from Node's message and the route files from
 * a Web Request; a hot path that builds neither Headers nor Request answers several times more requests.
 */
export interface WireRequest {
  readonly method: string
  /** as sent, percent-escapes kept, without the query */
  readonly path: string
  /** as sent, without the question mark */
  readonly query: string
  /** decoded values of the route's placeholders */
  readonly params: Readonly<Record<string, string>>
  /** scheme and host as the client sees them: `https://images.example` */
  readonly origin: string
  readonly remoteAddress: string
  /** Content-Length; null when the body is chunked; 0 when there is none */
  readonly bodyLength: number | null
  readonly signal: AbortSignal
  /** `name` in lower case; repeated headers joined as HTTP says */
  header(name: string): string | undefined
  body(): AsyncIterable<Uint8Array>
}

export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** a stream only for image data under Next's own routing; the listener carries that by itself */
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null
}

export type WireHandler = (request: WireRequest) => Promise<WireResponse>

const JSON_TYPE = 'application/json'

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return jsonTextResponse(status, JSON.stringify(value), headers)
}

/** For handlers that hold the JSON text already. */
export function jsonTextResponse(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: text }
}

/** 204 or 202 as Glance sends them: an HTML content type and no body. */
export function emptyResponse(status: number, headers: Readonly<Record<string, string>> = {}): WireResponse {
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body: null }
}

/** JSON documents of the API are small; 128 properties of 64 KiB are the most that is legal. */
const JSON_BYTES_MAX = 12 * 1024 * 1024
/** None is nested deeply either, and what walks through one does so by calling itself. */
const JSON_DEPTH_MAX = 100

/**
 * The request's JSON document. Throws `bad_request` with Glance's texts: no body, malformed, a bare scalar, or with a
 * NUL character in it. Source: images.md 0.2.
 */
export async function readJson(request: WireRequest): Promise<Record<string, unknown> | unknown[]> {
  if (request.bodyLength === 0) throw apiError('bad_request', { public: 'Body expected in request.' })
  const text = await readText(request, JSON_BYTES_MAX)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed()
  }
  refuseUnusable(value)
  if (typeof value !== 'object' || value === null) {
    throw apiError('bad_request', { public: 'Unexpected body type. Expected list/dict.' })
  }
  return Array.isArray(value) ? value : { ...value }
}

async function readText(request: WireRequest, bytesMax: number): Promise<string> {
  if (request.bodyLength !== null && request.bodyLength > bytesMax) throw tooLarge(bytesMax)
  const chunks = await readChunks(request, bytesMax)
  const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    throw malformed()
  }
}

/** Throws `too_large`, and `client_closed` when the rest does not come. */
async function readChunks(request: WireRequest, bytesMax: number): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of request.body()) {
      bytes += chunk.byteLength
      if (bytes > bytesMax) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw apiError('client_closed', { cause: error })
  }
  if (bytes > bytesMax) throw tooLarge(bytesMax)
  return chunks
}

function malformed() {
  return apiError('bad_request', { public: 'Malformed JSON in request body.' })
}

/** Throws the 400 of values that no database may be asked for: with NUL characters, or nested without end. */
export function refuseUnusable(value: unknown, depth = 0): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw undecodable()
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (depth === JSON_DEPTH_MAX) throw malformed()
  for (const [name, item] of Object.entries(value)) {
    if (name.includes('\0')) throw undecodable()
    refuseUnusable(item, depth + 1)
  }
}

function tooLarge(bytesMax: number) {
  return apiError('too_large', { public: `The request body is larger than ${bytesMax} bytes.` })
}

/** Whether percent-escapes stand for characters, but for NUL, which PostgreSQL knows nothing of. */
export function isDecodable(text: string): boolean {
  if (!text.includes('%')) return true
  if (text.includes('%00')) return false
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** The 400 of a path or query that is not {@link isDecodable}, and of bodies alike. */
export function undecodable() {
  return apiError('bad_request', {
    public:
      'Error decoding your request. Either the URL or the request body contained characters that could not be decoded by Glance',
  })
}

/** Throws the 400 of routes that take no body. */
export function refuseBody(request: WireRequest): void {
  if (request.bodyLength !== null && request.bodyLength > 0) {
    throw apiError('bad_request', { public: 'A body is not expected with this request.' })
  }
}
