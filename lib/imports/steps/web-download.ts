import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UriUse } from '@/lib/stores/web/uri-filter'
import { askWeb, lengthOf, sourceFailed, sourceRefused } from '@/lib/stores/web/web-request'

const RESUMES_MAX = 5
const RESUME_PAUSE_MS = 1000

export interface RemoteFile {
  /** undefined when the source does not say */
  readonly sizeBytes: number | undefined
  /** Every byte once, in order; a cut connection is resumed where that is safe. */
  readonly source: AsyncIterable<Uint8Array>
}

/** How to ask a source that is more than an address. */
export interface SourceOptions {
  /** a web-download when absent */
  readonly use?: UriUse
  /** Sent to the address that was asked for and to no other that it redirects to. */
  readonly token?: string
  /** The digest of the bytes is known, so that a resumed download needs no other proof of being the same. */
  readonly isVerified?: boolean
}

/**
 * Opens a file on the web. Connects to the very address that the filter saw and asks the filter again at each redirect.
 * Throws `bad_request` when the filter refuses and `source_unavailable` when the source does not give the file; the
 * iteration throws the latter too, also when fewer bytes come than were announced.
 */
export async function openDownload(uri: string, signal: AbortSignal, options: SourceOptions = {}): Promise<RemoteFile> {
  const origin: Origin = { ...options, first: uri, signal }
  const { response, target } = await askForContent(uri, origin)
  const sizeBytes = lengthOf(response)
  const ifRange = options.isVerified === true ? {} : validatorOf(response)
  return { sizeBytes, source: bytesOf({ response, target, sizeBytes, ifRange, origin }) }
}

/** A short document, whole. Throws as {@link openDownload}, and `source_unavailable` when it is longer. */
export async function fetchText(
  uri: string,
  signal: AbortSignal,
  options: SourceOptions & { readonly bytesMax: number },
): Promise<string> {
  const { response } = await askForContent(uri, { ...options, first: uri, signal })
  const chunks: Uint8Array[] = []
  let received = 0
  try {
    for await (const chunk of response) {
      received += chunk.byteLength
      if (received > options.bytesMax) throw sourceFailed(`The source answered more than ${options.bytesMax} bytes`)
      chunks.push(chunk)
    }
  } finally {
    response.destroy()
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Where a download began, and what goes with each of its requests. */
interface Origin extends SourceOptions {
  readonly first: string
  readonly signal: AbortSignal
}

async function askForContent(uri: string, origin: Origin) {
  const followed = await askWeb(uri, origin)
  const { statusCode, statusMessage = '' } = followed.response
  if (statusCode === 200) return followed
  followed.response.destroy()
  throw sourceRefused(statusCode, statusMessage)
}

interface Download {
  readonly response: IncomingMessage
  /** where the last redirect led */
  readonly target: string
  readonly sizeBytes: number | undefined
  /** the headers that make a server send the rest of the same bytes alone; undefined when nothing does */
  readonly ifRange: Headers | undefined
  readonly origin: Origin
}

async function* bytesOf({ response: first, target, sizeBytes, ifRange, origin }: Download) {
  const { signal } = origin
  let response = first
  let received = 0
  for (let resumes = 0; ; resumes++) {
    let cause: unknown
    try {
      for await (const chunk of response) {
        received += chunk.byteLength
        yield chunk as Uint8Array
      }
    } catch (error) {
      signal.throwIfAborted()
      cause = error
    } finally {
      response.destroy()
    }
    if (sizeBytes === undefined ? cause === undefined : received >= sizeBytes) return
    if (sizeBytes === undefined || ifRange === undefined || resumes === RESUMES_MAX) {
      throw sourceFailed(`The source ended after ${received} bytes of ${sizeBytes ?? 'an unknown number'}`, cause)
    }
    await sleep(RESUME_PAUSE_MS * (resumes + 1), undefined, { signal })
    response = await resume({ target, received, sizeBytes, ifRange, origin })
  }
}

interface Resumption {
  readonly target: string
  readonly received: number
  readonly sizeBytes: number
  readonly ifRange: Headers
  readonly origin: Origin
}

/** The rest of a file, if it is still the same one. */
async function resume({ target, received, sizeBytes, ifRange, origin }: Resumption): Promise<IncomingMessage> {
  const { response } = await askWeb(target, { ...origin, headers: { range: `bytes=${received}-`, ...ifRange } })
  const part = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers['content-range'] ?? '')
  const isRest = response.statusCode === 206 && Number(part?.[1]) === received && Number(part?.[2]) === sizeBytes
  if (isRest) return response
  response.destroy()
  throw sourceFailed(`The source was cut after ${received} bytes of ${sizeBytes} and cannot be resumed`)
}

/** Only a strong validator proves that the rest belongs to the same bytes. */
function validatorOf({ headers }: IncomingMessage): Headers | undefined {
  const { etag } = headers
  const validator = etag ?? headers['last-modified']
  return validator === undefined || validator.startsWith('W/') ? undefined : { 'if-range': validator }
}

type Headers = Readonly<Record<string, string>>
