import { type Answer, ConnectionError, RefusedError } from '@/lib/uploads/client/sending'

export interface RequestOptions {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Blob | undefined
  /** how much of the body has left */
  readonly onLeft?: ((bytes: number) => void) | undefined
  readonly signal: AbortSignal
}

/** A server that says nothing for this long is taken for lost; hashing a gibibyte of zeros takes some seconds. */
const SILENCE_MS = 120_000

/**
 * One request to this server, with the session's cookie. XMLHttpRequest, because fetch cannot tell how much it has sent.
 * Throws `ConnectionError`, and what `signal` is aborted with.
 */
export function askServer(
  url: string,
  { method, headers = {}, body, onLeft, signal }: RequestOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    let timer: ReturnType<typeof setTimeout> | undefined
    const listen = () => {
      clearTimeout(timer)
      timer = setTimeout(() => request.abort(), SILENCE_MS)
    }
    const abort = () => request.abort()
    const settle = (end: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      end()
    }
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => {
      listen()
      onLeft?.(event.loaded)
    }
    request.onload = () => settle(() => resolve(answerOf(request)))
    request.onerror = () => settle(() => reject(new ConnectionError('no connection')))
    request.onabort = () =>
      settle(() => reject(signal.aborted ? signal.reason : new ConnectionError('the server does not answer')))
    signal.addEventListener('abort', abort)
    if (signal.aborted) return settle(() => reject(signal.reason))
    listen()
    request.send(body ?? null)
  })
}

function answerOf(request: XMLHttpRequest): Answer {
  const lines = request.getAllResponseHeaders().trim().split(/\r?\n/)
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { status: request.status, headers: Object.fromEntries(headers), text: request.responseText }
}

/** What the server refused, in its own words; empty when it has none. */
export function refusalOf({ status, text, headers }: Answer): RefusedError {
  return new RefusedError(status, messageIn(text), headers['x-openstack-request-id'])
}

function messageIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string') {
      return body.message
    }
  } catch {
    // Not ours: a proxy's page, for example. Its status says enough.
  }
  return ''
}
