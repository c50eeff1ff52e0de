import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export interface WebRequest {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface WebAnswer {
  readonly status: number
  /** lower-case names */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** No connection, or one that was lost: the same request may do better later. */
export class ConnectionError extends Error {}

export interface WebClient {
  /** Throws {@link ConnectionError}. */
  ask(url: string, request: WebRequest): Promise<WebAnswer>
  close(): void
}

/** A service that says nothing for this long is taken for lost; hashing a gibibyte of zeros takes some seconds. */
const SILENCE_MS = 120_000
const WRITE_BYTES = 1024 * 1024

/** `caFile` holds the certificates to trust, in PEM, in place of the usual ones. */
export function webClient({ caFile, isInsecure = false }: { caFile?: string; isInsecure?: boolean } = {}): WebClient {
  const plain = new HttpAgent({ keepAlive: true })
  const secure = new HttpsAgent({
    keepAlive: true,
    rejectUnauthorized: !isInsecure,
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
  })
  return {
    ask: (url, request) => exchange(url, request, { plain, secure }),
    close: () => {
      plain.destroy()
      secure.destroy()
    },
  }
}

function exchange(
  url: string,
  { method, headers = {}, body }: WebRequest,
  { plain, secure }: { readonly plain: HttpAgent; readonly secure: HttpsAgent },
): Promise<WebAnswer> {
  return new Promise((resolve, reject) => {
    const isSecure = new URL(url).protocol === 'https:'
    const length = body === undefined ? undefined : Buffer.byteLength(body)
    const options = { method, headers: { ...headers, ...(length !== undefined && { 'Content-Length': length }) } }
    const sent = isSecure
      ? httpsRequest(url, { ...options, agent: secure })
      : httpRequest(url, { ...options, agent: plain })
    let isAnswered = false
    const lost = (error: Error) => {
      if (!isAnswered) reject(new ConnectionError(error.message, { cause: error }))
    }
    sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)))
    sent.on('error', lost)
    sent.on('response', (message) => {
      isAnswered = true
      collect(message).then(resolve, (error) => reject(new ConnectionError(String(error), { cause: error })))
    })
    if (body === undefined || typeof body === 'string') sent.end(body)
    else void pour(sent, body)
  })
}

/** In parts, so that a refusal is heard before everything is sent. */
async function pour(sent: ReturnType<typeof httpRequest>, body: Uint8Array): Promise<void> {
  for (let at = 0; at < body.byteLength && !sent.destroyed; at += WRITE_BYTES) {
    if (sent.write(body.subarray(at, at + WRITE_BYTES))) continue
    await new Promise<void>((resolve) => {
      sent.once('drain', resolve)
      sent.once('close', resolve)
      sent.once('response', () => resolve())
    })
  }
  sent.end()
}

async function collect(message: IncomingMessage): Promise<WebAnswer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return { status: message.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString('utf8') }
}
