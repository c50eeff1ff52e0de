import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'

export interface WireRequest {
  readonly method?: string
  /** Sent as it is, already percent-encoded (or wrongly encoded on purpose). */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Send the body chunked instead of with its length. */
  readonly chunked?: boolean
  /** Send neither Content-Length nor Transfer-Encoding. */
  readonly withoutLength?: boolean
}

export interface WireResponse {
  readonly status: number
  readonly reason: string
  /** Lower-case names; repeated headers are joined with ", ". */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly text: string
}

/** An upload whose end the test decides. */
export interface OpenUpload {
  write(chunk: Buffer): Promise<void>
  finish(): Promise<WireResponse>
  /** An answer that comes before the end. */
  answer(): Promise<WireResponse>
  /** Cuts the connection, as a client that dies would. */
  abort(): void
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

/** One request, nothing added to it but Host and Connection: no Accept, no User-Agent, no redirects followed. */
export function send(base: URL, wire: WireRequest): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const request = start(base, { ...wire, headers: { ...wire.headers, ...lengthOf(wire) } })
    settle(request, resolve, reject)
    if (wire.withoutLength) {
      request.removeHeader('content-length')
      request.removeHeader('transfer-encoding')
    }
    if (wire.body === undefined) request.end()
    else request.end(wire.body)
  })
}

/** Named from the beginning: a request that expects something sends its headers at once. */
function lengthOf({ body, chunked, withoutLength }: WireRequest): Record<string, string> {
  if (withoutLength || body === undefined) return {}
  return chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': String(Buffer.byteLength(body)) }
}

/** Opens a request with a chunked body (or the length that its headers declare) and leaves it open. */
export function openUpload(base: URL, wire: WireRequest): OpenUpload {
  const request = start(base, wire)
  const answer = new Promise<WireResponse>((resolve, reject) => settle(request, resolve, reject))
  // An aborted upload has no answer, and nobody waits for one.
  answer.catch(() => undefined)
  request.flushHeaders()
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => request.write(chunk, (error) => (error ? reject(error) : resolve()))),
    finish: () => {
      request.end()
      return answer
    },
    answer: () => answer,
    abort: () => request.destroy(),
  }
}

/** Sends these very bytes over a new connection and gives back all that came until the server closed it. */
export function exchangeBytes(
  base: URL,
  bytes: Buffer,
  { hangUpAfter, timeoutMs = 5_000 }: { hangUpAfter?: () => Promise<unknown>; timeoutMs?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(base.port === '' ? 80 : base.port), base.hostname)
    const received: Buffer[] = []
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')))
    socket.write(bytes)
    hangUpAfter?.().then(() => socket.end(), reject)
  })
}

function start(base: URL, wire: WireRequest): ClientRequest {
  const prefix = base.pathname.replace(/\/$/, '')
  return httpRequest({
    agent,
    hostname: base.hostname,
    port: base.port === '' ? 80 : base.port,
    method: wire.method ?? 'GET',
    path: `${prefix}${wire.path}`,
    headers: { ...wire.headers },
  })
}

function settle(
  request: ClientRequest,
  resolve: (response: WireResponse) => void,
  reject: (error: Error) => void,
): void {
  let answered = false
  request.on('response', (message) => {
    answered = true
    collect(message).then(resolve, reject)
  })
  // A server may answer before it has read the whole body and close; its answer counts, not the broken pipe.
  request.on('error', (error) => {
    if (!answered) reject(error)
  })
}

async function collect(message: IncomingMessage): Promise<WireResponse> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(Buffer.from(chunk))
  const body = Buffer.concat(chunks)
  const headers: Record<string, string> = {}
  for (const [name, values] of Object.entries(message.headersDistinct)) headers[name] = (values ?? []).join(', ')
  return {
    status: message.statusCode ?? 0,
    reason: message.statusMessage ?? '',
    headers,
    body,
    text: body.toString('utf8'),
  }
}
