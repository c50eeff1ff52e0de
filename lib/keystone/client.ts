import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'

export interface KeystoneRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** below /v3, with its query */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface KeystoneAnswer {
  readonly status: number
  readonly subjectToken: string | null
  /** parsed JSON, null when the body is none */
  readonly body: unknown
}

const ATTEMPTS_MAX = 3
const RETRY_DELAY_MS = 100
const retryableStatuses = new Set([502, 503, 504])

/**
 * Asks Keystone. All attempts together last at most the configured timeout. Throws `identity_unavailable` when there
 * is no answer or only one of the gateway kind; every other status is returned. Tokens travel in headers and bodies
 * alone, which no log line shows.
 */
export async function askKeystone(request: KeystoneRequest): Promise<KeystoneAnswer> {
  const deadline = AbortSignal.timeout(config().keystone.timeoutSeconds * 1000)
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(request, deadline)
    if (outcome.answer !== undefined) return outcome.answer
    if (attempt >= ATTEMPTS_MAX || deadline.aborted) {
      throw apiError('identity_unavailable', {
        cause: outcome.cause,
        detail: { method: request.method, path: pathForLog(request.path), attempts: attempt },
      })
    }
    await new Promise((go) => setTimeout(go, RETRY_DELAY_MS * attempt * (0.5 + Math.random())))
  }
}

async function attemptOnce(
  request: KeystoneRequest,
  signal: AbortSignal,
): Promise<{ answer?: KeystoneAnswer; cause?: unknown }> {
  try {
    const response = await fetch(keystoneUrl() + request.path, {
      method: request.method,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...request.headers },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      cache: 'no-store',
      redirect: 'error',
      signal,
    })
    const text = await response.text()
    if (retryableStatuses.has(response.status)) return { cause: new Error(`Keystone answered ${response.status}`) }
    const subjectToken = response.headers.get('x-subject-token')
    return { answer: { status: response.status, subjectToken, body: parseOrNull(text) } }
  } catch (cause) {
    return { cause }
  }
}

/** The configured address with /v3 at its end and no slash behind it. */
export function keystoneUrl(): string {
  const url = (config().keystone.authUrl ?? '').replace(/\/+$/, '')
  return /\/v3$/.test(url) ? url : `${url}/v3`
}

function parseOrNull(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}

function pathForLog(path: string): string {
  return path.split('?', 1)[0] ?? ''
}
