import { config } from '@/lib/config/load'
import type { WireHandler, WireRequest, WireResponse } from './wire'

export interface WebRouteContext {
  readonly params: Promise<Record<string, string | string[] | undefined> | undefined>
}

/** Answers a Web Request with a wire handler: the way through Next's own routing. */
export async function answerWeb(wire: WireHandler, request: Request, context: WebRouteContext): Promise<Response> {
  return toWebResponse(await wire(await wireRequestOf(request, context)))
}

export async function wireRequestOf(request: Request, context: WebRouteContext): Promise<WireRequest> {
  const url = new URL(request.url)
  const params: Record<string, string> = {}
  // Next gives routes without placeholders no object at all.
  for (const [name, value] of Object.entries((await context.params) ?? {})) {
    params[name] = Array.isArray(value) ? value.join('/') : (value ?? '')
  }
  const header = (name: string) => request.headers.get(name) ?? undefined
  return {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    params,
    origin: originOf(header, url.protocol.replace(':', '')),
    remoteAddress: firstAddress(header('x-forwarded-for')),
    bodyLength: bodyLengthOf(header),
    signal: request.signal,
    header,
    body: () => bodyOf(request),
  }
}

/** The client's address in an X-Forwarded-For header, which the listener or a trusted proxy has set. */
export function firstAddress(forwardedFor: string | null | undefined): string {
  return forwardedFor?.split(',')[0]?.trim() ?? ''
}

async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body === null) return
  yield* request.body
}

/** Scheme and host as the client sees them; forwarded headers count only behind a proxy that is trusted to set them. */
export function originOf(header: (name: string) => string | undefined, scheme: string): string {
  if (config().server.trustProxyHeaders) {
    const host = header('x-forwarded-host') ?? header('host')
    return `${header('x-forwarded-proto') ?? scheme}://${host ?? 'localhost'}`
  }
  return `${scheme}://${header('host') ?? 'localhost'}`
}

/** Content-Length as a number, null for chunked, 0 for none. A length that is no number counts as none. */
export function bodyLengthOf(header: (name: string) => string | undefined): number | null {
  const encoding = header('transfer-encoding')
  if (encoding !== undefined && encoding !== '') return null
  const length = header('content-length')
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : 0
}

function toWebResponse(response: WireResponse): Response {
  const headers = new Headers(response.headers)
  const { body, status } = response
  const isSized = typeof body === 'string' || body instanceof Uint8Array
  if (isSized && !headers.has('content-length')) headers.set('content-length', String(Buffer.byteLength(body)))
  if (body === null || status === 204) return new Response(null, { status, headers })
  return new Response(body instanceof Uint8Array ? new Uint8Array(body) : body, { status, headers })
}
