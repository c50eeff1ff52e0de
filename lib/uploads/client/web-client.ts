import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type Answer, ConnectionError } from './sending'

export interface WebRequest {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface WebClient {
  /** Throws {@link ConnectionError}. */
  ask(url: string, request: WebRequest): Promise<Answer>
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
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isSecure = new URL(url).protocol === 'https:'
    const length = body === undefined ? undefined : Buffer.byteLength(body)
    const options = { method, headers: { ...headers, ...(length !== undefined && { 'Content-Length': length }) } }
    const sent = isSecure
      ? httpsRequest(url, { ...options, agent: secure })
      : httpRequest(url, { ...options, agent: plain })
    let isAnswered = false
    sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)))
    sent.on('error', (error) => {
      if (!isAnswered) reject(new ConnectionError(error.message, { cause: error }))
    })
    sent.on('response', (message) => {
      isAnswered = true
      collect(message)
        .then(resolve, (error) => reject(new ConnectionError(String(error), { cause: error })))
        .finally(() => {
          // What was refused early is not sent to its end.
          if (!sent.writableFinished) sent.destroy()
        })
    })
    if (body === undefined || typeof body === 'string') sent.end(body)
    else pour(sent, body)
  })
}

/** In parts, and no more of them once there is an answer: a refusal is heard before everything is sent. */
function pour(sent: ReturnType<typeof httpRequest>, body: Uint8Array): void {
  let at = 0
  let isOver = false
  const go = () => {
    while (!isOver && at < body.byteLength) {
      const hasRoom = sent.write(body.subarray(at, at + WRITE_BYTES))
      at += WRITE_BYTES
      if (!hasRoom) return
    }
    if (isOver) return
    isOver = true
    sent.end()
  }
  const stop = () => {
    isOver = true
  }
  sent.on('drain', go)
  sent.once('close', stop)
  sent.once('response', stop)
  go()
}

async function collect(message: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return { status: message.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString('utf8') }
}
