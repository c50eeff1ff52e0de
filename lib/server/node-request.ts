import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { bodyLengthOf, originOf } from '@/lib/http/web'
import type { WireRequest, WireResponse } from '@/lib/http/wire'

/** A WireRequest over Node's own message; what handlers do not ask for is not computed. */
export class NodeRequest implements WireRequest {
  readonly method: string
  #abort: AbortController | undefined

  constructor(
    readonly message: IncomingMessage,
    private readonly response: ServerResponse,
    readonly path: string,
    readonly query: string,
    readonly params: Readonly<Record<string, string>>,
  ) {
    this.method = message.method ?? 'GET'
  }

  header(name: string): string | undefined {
    const value = this.message.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  get origin(): string {
    return originOf((name) => this.header(name), 'http')
  }

  get remoteAddress(): string {
    return this.message.socket.remoteAddress ?? ''
  }

  get bodyLength(): number | null {
    return bodyLengthOf((name) => this.header(name))
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController()
      this.#abort = abort
      this.response.once('close', () => {
        if (!this.response.writableFinished) abort.abort()
      })
    }
    return this.#abort.signal
  }

  body(): AsyncIterable<Uint8Array> {
    inviteBody(this.message, this.response)
    return this.message
  }
}

/** The parts of a request's target, both as sent; only the first question mark divides them. */
export function targetOf(message: Pick<IncomingMessage, 'url'>): { readonly path: string; readonly query: string } {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) }
}

/** Tells a client that waits for it to send its body. */
export function inviteBody({ headers }: IncomingMessage, response: ServerResponse): void {
  if (/(?:^|\W)100-continue(?:$|\W)/i.test(headers.expect ?? '') && !response.headersSent) response.writeContinue()
}

/** Sends a wire response; bodies of HEAD, 204 and 304 are left out. */
export function sendWire(message: IncomingMessage, response: ServerResponse, answer: WireResponse): void {
  const { body } = answer
  const headers: Record<string, string | number> = { ...answer.headers }
  const bodiless = answer.status === 204 || answer.status === 304
  if (body instanceof ReadableStream) {
    response.writeHead(answer.status, headers)
    pipeline(Readable.from(body), response).catch(() => response.destroy())
    return
  }
  if (!bodiless) headers['content-length'] ??= body === null ? 0 : Buffer.byteLength(body)
  response.writeHead(answer.status, headers)
  if (body === null || bodiless || message.method === 'HEAD') response.end()
  else response.end(body)
}
