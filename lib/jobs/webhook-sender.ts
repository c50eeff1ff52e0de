import http from 'node:http'
import https from 'node:https'
import { apiError } from '@/lib/errors/api-error'
import { lookupGiving, resolveOnce } from '@/lib/stores/web/uri-filter'

const TIMEOUT_MS = 10_000

export interface Delivery {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly allowPrivateAddress: boolean
  readonly signal: AbortSignal
}

/**
 * Posts once. Connects to the very address that was looked at, follows no redirect, and reads no answer. Throws
 * `source_unavailable` unless the receiver answers 2xx, without its URL, which may hold a secret.
 */
export async function postOnce({ url: text, headers, body, allowPrivateAddress, signal }: Delivery): Promise<void> {
  const url = new URL(text)
  const target = await resolveOnce(url, { allowPrivate: allowPrivateAddress })
  if (target === undefined) throw failed('its address is private, or there is none')
  const status = await new Promise<number>((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      agent: false,
      method: 'POST',
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      lookup: lookupGiving(target),
    })
    request.once('response', (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    request.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
      reject(failed(`it cannot be reached: ${code}`))
    })
    request.end(body)
  })
  if (status < 200 || status > 299) throw failed(`it answered ${status}`)
}

function failed(reason: string) {
  return apiError('source_unavailable', { public: `The webhook was not delivered: ${reason}.` })
}
