import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { type CheckedUri, checkUri } from '../uri-filter'

const REDIRECTS_MAX = 5
const RESUMES_MAX = 5
const RESUME_PAUSE_MS = 1000

export interface RemoteFile {
  /** undefined when the source does not say */
  readonly sizeBytes: number | undefined
  /** Every byte once, in order; a cut connection is resumed where that is safe. */
  readonly source: AsyncIterable<Uint8Array>
}

function failed(text: string, cause?: unknown) {
  return apiError('source_unavailable', { public: text, cause })
}

/**
 * Opens a file on the web. Connects to the very address that the filter saw and asks the filter again at each redirect.
 * Throws `bad_request` when the filter refuses and `source_unavailable` when the source does not give the file; the
 * iteration throws the latter too, also when fewer bytes come than were announced.
 */
export async function openDownload(uri: string, signal: AbortSignal): Promise<RemoteFile> {
  const { response, target } = await follow(uri, signal, {})
  if (response.statusCode !== 200) {
    response.destroy()
    throw failed(`The source answered ${response.statusCode} ${response.statusMessage ?? ''}`.trim())
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
      throw failed(`The source ended after ${received} bytes of ${sizeBytes ?? 'an unknown number'}`, cause)
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
  const { response } = await follow(target, signal, { range: `bytes=${received}-`, 'if-range': validator })
  const part = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers['content-range'] ?? '')
  const isRest = response.statusCode === 206 && Number(part?.[1]) === received && Number(part?.[2]) === sizeBytes
  if (isRest) return response
  response.destroy()
  throw failed(`The source was cut after ${received} bytes of ${sizeBytes} and cannot be resumed`)
}

/** Only a strong validator proves that the rest belongs to the same bytes. */
function validatorOf({ headers }: IncomingMessage): string | undefined {
  const { etag } = headers
  if (etag !== undefined) return etag.startsWith('W/') ? undefined : etag
  return headers['last-modified']
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = Number(headers['content-length'] ?? Number.NaN)
  return Number.isSafeInteger(length) ? length : undefined
}

type Headers = Readonly<Record<string, string>>

async function follow(uri: string, signal: AbortSignal, headers: Headers) {
  let target = uri
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const checked = await checkUri(target)
    const response = await get(checked, signal, headers)
    const { statusCode = 0 } = response
    if (![301, 302, 303, 307, 308].includes(statusCode)) return { response, target }
    response.destroy()
    const { location } = response.headers
    if (location === undefined) throw failed(`The source answered ${statusCode} without saying where to go`)
    target = redirected(location, checked.url)
  }
  throw failed(`The source redirects more than ${REDIRECTS_MAX} times`)
}

function redirected(location: string, from: URL): string {
  try {
    return new URL(location, from).href
  } catch {
    throw failed('The source redirects to what is no address')
  }
}

function get({ url, address, family }: CheckedUri, signal: AbortSignal, headers: Headers): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).get(url, {
      agent: false,
      signal,
      headers: { 'accept-encoding': 'identity', ...headers },
      // The look-up is done; another one could give another address.
      lookup: (_host, options, found) => {
        if (options.all) found(null, [{ address, family }])
        else found(null, address, family)
      },
    })
    request.setTimeout(config().uploads.idleTimeoutSeconds * 1000, () => {
      request.destroy(new Error('the source does not answer'))
    })
    request.once('response', resolve)
    request.once('error', (error) => reject(signal.aborted ? signal.reason : failed(sentenceOf(error), error)))
  })
}

/**
 * Nothing tells a closed port from a silent one or from another service, or imports would look for open ports
 * (OSSN-0078). Who means well needs to know of a certificate, which only a web server has.
 */
function sentenceOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const isCertificate = /CERT|SIGNATURE|ALTNAME|ISSUER/.test(code)
  return isCertificate ? `The certificate of the source is not trusted: ${code}` : 'The source cannot be reached'
}
