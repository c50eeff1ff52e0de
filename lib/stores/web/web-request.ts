import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { config } from '@/lib/config/load'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { type CheckedUri, checkUri, lookupGiving, type UriUse, webDownload } from './uri-filter'

const REDIRECTS_MAX = 5

export interface WebRequest {
  readonly method?: 'GET' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** what the address is for; a download for an import when absent */
  readonly use?: UriUse
  /** Sent to the server that was asked first and to no other that it redirects to. */
  readonly token?: string
  /** the address that the work began with, if not this one */
  readonly first?: string
}

export interface WebAnswer {
  /** whoever asked reads it or destroys it */
  readonly response: IncomingMessage
  /** where the last redirect led */
  readonly target: string
}

export function sourceFailed(text: string, cause?: unknown): ApiError {
  return apiError('source_unavailable', { public: text, cause })
}

/** What a server said instead of giving what it was asked for; its status is in the error's detail. */
export function sourceRefused(status: number | undefined, words = ''): ApiError {
  return apiError('source_unavailable', {
    public: `The source answered ${status} ${words}`.trim(),
    detail: { sourceStatus: status },
  })
}

/**
 * Asks a server on the web, any answer but a redirect being one. Connects to the very address that the filter saw and
 * asks the filter again at each redirect. Throws `bad_request` when the filter refuses, `source_unavailable` when
 * nobody answers or the redirects do not end, and the signal's reason.
 */
export async function askWeb(uri: string, request: WebRequest): Promise<WebAnswer> {
  const { first = uri, use = webDownload, token } = request
  let target = uri
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const isFirst = URL.canParse(target) && new URL(target).origin === new URL(first).origin
    const checked = await checkUri(target, isFirst ? use : { ...use, isTrusted: false })
    const credentials = isFirst && token !== undefined ? { 'x-auth-token': token } : {}
    const response = await ask(checked, { ...request, headers: { ...request.headers, ...credentials } })
    const { statusCode = 0 } = response
    if (![301, 302, 303, 307, 308].includes(statusCode)) return { response, target }
    response.destroy()
    const { location } = response.headers
    if (location === undefined || !URL.canParse(location, checked.url)) {
      throw sourceFailed(`The source answered ${statusCode} without saying where to go`)
    }
    target = new URL(location, checked.url).href
  }
  throw sourceFailed(`The source redirects more than ${REDIRECTS_MAX} times`)
}

/** Content-Length, or undefined when the server does not say. */
export function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = Number(headers['content-length'] ?? Number.NaN)
  return Number.isSafeInteger(length) ? length : undefined
}

function ask(checked: CheckedUri, { method = 'GET', headers, signal }: WebRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { url } = checked
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      agent: false,
      signal,
      headers: { 'accept-encoding': 'identity', ...headers },
      lookup: lookupGiving(checked),
    })
    request.setTimeout(config().uploads.idleTimeoutSeconds * 1000, () => {
      request.destroy(new Error('the source does not answer'))
    })
    request.once('response', resolve)
    request.once('error', (error) => {
      reject(signal.aborted ? signal.reason : sourceFailed(sentenceOf(error), error))
    })
    request.end()
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
