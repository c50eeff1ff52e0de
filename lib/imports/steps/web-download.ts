import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { askWeb, lengthOf, sourceFailed } from '@/lib/stores/web/web-request'

const RESUMES_MAX = 5
const RESUME_PAUSE_MS = 1000

export interface RemoteFile {
  /** undefined when the source does not say */
  readonly sizeBytes: number | undefined
  /** Every byte once, in order; a cut connection is resumed where that is safe. */
  readonly source: AsyncIterable<Uint8Array>
}

/**
 * Opens a file on the web. Connects to the very address that the filter saw and asks the filter again at each redirect.
 * Throws `bad_request` when the filter refuses and `source_unavailable` when the source does not give the file; the
 * iteration throws the latter too, also when fewer bytes come than were announced.
 */
export async function openDownload(uri: string, signal: AbortSignal): Promise<RemoteFile> {
  const { response, target } = await askWeb(uri, { signal })
  if (response.statusCode !== 200) {
    response.destroy()
    throw sourceFailed(`The source answered ${response.statusCode} ${response.statusMessage ?? ''}`.trim())
  }
  const sizeBytes = lengthOf(response)
  const validator = validatorOf(response)
  return { sizeBytes, source: bytesOf({ response, target, sizeBytes, validator, signal }) }
}

interface Download {
  readonly response: IncomingMessage
  /** where the last redirect led */
  readonly target: string
  readonly sizeBytes: number | undefined
  readonly validator: string | undefined
  readonly signal: AbortSignal
}

async function* bytesOf({ response: first, target, sizeBytes, validator, signal }: Download) {
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
    if (sizeBytes === undefined || validator === undefined || resumes === RESUMES_MAX) {
      throw sourceFailed(`The source ended after ${received} bytes of ${sizeBytes ?? 'an unknown number'}`, cause)
    }
    await sleep(RESUME_PAUSE_MS * (resumes + 1), undefined, { signal })
    response = await resume({ target, received, sizeBytes, validator, signal })
  }
}

interface Resumption {
  readonly target: string
  readonly received: number
  readonly sizeBytes: number
  readonly validator: string
  readonly signal: AbortSignal
}

/** The rest of a file, if it is still the same one. */
async function resume({ target, received, sizeBytes, validator, signal }: Resumption): Promise<IncomingMessage> {
  const { response } = await askWeb(target, { signal, headers: { range: `bytes=${received}-`, 'if-range': validator } })
  const part = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers['content-range'] ?? '')
  const isRest = response.statusCode === 206 && Number(part?.[1]) === received && Number(part?.[2]) === sizeBytes
  if (isRest) return response
  response.destroy()
  throw sourceFailed(`The source was cut after ${received} bytes of ${sizeBytes} and cannot be resumed`)
}

/** Only a strong validator proves that the rest belongs to the same bytes. */
function validatorOf({ headers }: IncomingMessage): string | undefined {
  const { etag } = headers
  if (etag !== undefined) return etag.startsWith('W/') ? undefined : etag
  return headers['last-modified']
}
