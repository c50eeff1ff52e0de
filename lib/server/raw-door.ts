import type { IncomingMessage, ServerResponse } from 'node:http'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { auditRefusal } from '@/lib/events/refusals'
import { contextFromRequest, isAnonymous, requestIdOf } from '@/lib/http/context-from-request'
import { getImageData, putImageData, stageImageData } from '@/lib/http/image-data'
import { attemptOf, faultFor, withRequestId } from '@/lib/http/route'
import {
  deleteUpload,
  describeUploads,
  getUploads,
  headUpload,
  methodOf,
  patchUpload,
  postUpload,
  tusHeaders,
  UPLOADS_PATH,
} from '@/lib/http/uploads'
import { refuseBody, type WireRequest, type WireResponse } from '@/lib/http/wire'
import type { Image } from '@/lib/images/image'
import { metrics } from '@/lib/runtime/metrics'
import { eventsRequest } from '@/lib/session/events'
import { dataContext, dataFault, dispositionOf } from '@/lib/session/image-data'
import type { RawHandler, RawHandlers } from './dispatch'
import { NodeRequest, sendWire, targetOf } from './node-request'
import { RequestBody } from './request-body'
import { sendBlob } from './send-blob'

type Params = Readonly<Record<string, string>>

/** Who may come in, and how refusals are told: by token for API clients, by session cookie for the dashboard. */
interface Door {
  contextOf(request: WireRequest, requestId: string): Promise<RequestContext>
  faultOf(error: unknown, request: WireRequest, requestId: string | undefined): WireResponse
  /** of a download */
  headersOf(image: Image): Readonly<Record<string, string>>
}

const apiDoor: Door = { contextOf: contextFromRequest, faultOf: faultFor, headersOf: () => ({}) }
const dashboardDoor: Door = {
  contextOf: dataContext,
  faultOf: dataFault,
  headersOf: (image) => ({ 'content-disposition': dispositionOf(image) }),
}

/** What the listener carries on Node's own streams, by method and route. */
export const rawHandlers: RawHandlers = {
  'PUT /v2/images/[imageId]/file': takesData(apiDoor, putImageData),
  'GET /v2/images/[imageId]/file': givesData(apiDoor),
  'PUT /v2/images/[imageId]/stage': takesData(apiDoor, stageImageData),
  'PUT /api/ui/images/[imageId]/file': takesData(dashboardDoor, putImageData),
  'GET /api/ui/images/[imageId]/file': givesData(dashboardDoor),
  'GET /api/ui/events': streamsEvents,
  ...uploadHandlers(),
}

/** Uploads in pieces: one address for API clients, who show a token, and for the dashboard, which has its cookie. */
function uploadHandlers(): RawHandlers {
  const collection = ['OPTIONS', 'GET', 'HEAD', 'POST'].map((method) => `${method} ${UPLOADS_PATH}`)
  const single = ['OPTIONS', 'HEAD', 'PATCH', 'POST', 'DELETE', 'GET'].map(
    (method) => `${method} ${UPLOADS_PATH}/[uploadId]`,
  )
  return Object.fromEntries([...collection, ...single].map((key) => [key, takesPieces]))
}

const uploadDoor: Door = {
  contextOf: (request, requestId) => doorOf(request).contextOf(request, requestId),
  faultOf: (error, request, requestId) => {
    const fault = doorOf(request).faultOf(error, request, requestId)
    return { ...fault, headers: { ...(isApiError(error) && error.headers), ...fault.headers, ...tusHeaders } }
  },
  headersOf: () => ({}),
}

function doorOf(request: WireRequest): Door {
  return request.header('x-auth-token') === undefined ? dashboardDoor : apiDoor
}

/** Answers by itself and never rejects. */
async function takesPieces(message: IncomingMessage, response: ServerResponse, params: Params): Promise<void> {
  if (message.method === 'OPTIONS') {
    const { path, query } = targetOf(message)
    try {
      sendWire(message, response, describeUploads())
    } catch (error) {
      sendWire(message, response, faultFor(error, new NodeRequest(message, response, path, query, params), undefined))
    }
    return
  }
  await answer(uploadDoor, { message, response, params }, async (ctx, request) => {
    if (isAnonymous(ctx)) throw apiError('forbidden', { public: 'Read-only access' })
    const body = new RequestBody(message, response)
    const answered = await pieceRequest(ctx, request, params.uploadId, body)
    sendWire(message, response, withRequestId(answered, ctx.requestId))
  })
}

function pieceRequest(
  ctx: RequestContext,
  request: NodeRequest,
  id: string | undefined,
  body: AsyncIterable<Uint8Array>,
): Promise<WireResponse> {
  const method = methodOf(request)
  if (id === undefined) {
    if (method === 'POST') return postUpload(ctx, request, body)
    if (method === 'GET') return getUploads(ctx, request)
  } else {
    if (method === 'HEAD') return headUpload(ctx, request, id)
    if (method === 'PATCH') return patchUpload(ctx, request, id, body)
    if (method === 'DELETE') return deleteUpload(ctx, request, id)
  }
  const allow = id === undefined ? 'OPTIONS, GET, POST' : 'OPTIONS, HEAD, PATCH, DELETE'
  throw apiError('method_not_allowed', { headers: { allow } })
}

/** Server-sent events, without Next between them and the socket. Answers by itself and never rejects. */
async function streamsEvents(message: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', query = ''] = (message.url ?? '').split('?', 2)
  sendWire(message, response, await eventsRequest(new NodeRequest(message, response, path, query, {})))
}

/** Takes an image's data from the socket to its store. Answers by itself and never rejects. */
function takesData(door: Door, put: typeof putImageData): RawHandler {
  return (message, response, params) =>
    answer(door, { message, response, params }, async (ctx, request) => {
      if (isAnonymous(ctx)) throw apiError('forbidden', { public: 'Read-only access' })
      const body = new RequestBody(message, response)
      const answered = await put(ctx, request, params.imageId ?? '', body)
      sendWire(message, response, withRequestId(answered, ctx.requestId))
    })
}

/** Sends an image's data from its store to the socket. Answers by itself and never rejects. */
function givesData(door: Door): RawHandler {
  return (message, response, params) =>
    answer(door, { message, response, params }, async (ctx, request) => {
      refuseBody(request)
      const { status, headers, data } = await getImageData(ctx, request, params.imageId ?? '')
      const more = data === undefined ? {} : door.headersOf(data.image)
      response.writeHead(status, { ...headers, ...more, 'x-openstack-request-id': ctx.requestId })
      if (data === undefined) {
        response.end()
        return
      }
      metrics().downloadsRunning.inc()
      try {
        const idleTimeoutMs = config().uploads.idleTimeoutSeconds * 1000
        await sendBlob(response, data.reader, { lengthBytes: data.length, idleTimeoutMs })
        metrics().downloadedBytes.inc({ store: data.storeId }, data.length)
        response.end()
      } finally {
        metrics().downloadsRunning.dec()
        await data.reader.close()
      }
    })
}

interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly params: Params
}

async function answer(
  door: Door,
  { message, response, params }: Exchange,
  run: (ctx: RequestContext, request: NodeRequest) => Promise<void>,
): Promise<void> {
  const { path, query } = targetOf(message)
  const request = new NodeRequest(message, response, path, query, params)
  let requestId: string | undefined
  let ctx: RequestContext | undefined
  try {
    requestId = requestIdOf(request)
    ctx = await door.contextOf(request, requestId)
    await run(ctx, request)
  } catch (error) {
    if (ctx !== undefined) await auditRefusal(ctx, attemptOf(request), error)
    const isClientGone = isApiError(error) && error.code === 'client_closed'
    // After the first byte a cut connection is the only way to tell the client that it did not get everything.
    if (response.headersSent || response.destroyed || isClientGone) response.destroy()
    else refuse(message, response, door.faultOf(error, request, requestId))
  }
}

const LINGER_MS = 30_000
const LINGER_IDLE_MS = 5_000

/**
 * Answers while the client may still be sending. The answer goes out at once; what comes after it is thrown away for a
 * while before the connection closes, since closing with unread bytes would make many clients lose the answer.
 */
function refuse(message: IncomingMessage, response: ServerResponse, fault: WireResponse): void {
  if (message.complete) {
    sendWire(message, response, fault)
    return
  }
  const { body } = fault
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : ''
  response.writeHead(fault.status, {
    ...fault.headers,
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  response.write(text)
  let idle: NodeJS.Timeout
  const end = () => {
    clearTimeout(idle)
    clearTimeout(longest)
    message.off('data', onData)
    if (!response.writableEnded) response.end()
  }
  const longest = setTimeout(end, LINGER_MS)
  const wait = () => setTimeout(end, LINGER_IDLE_MS)
  const onData = () => {
    clearTimeout(idle)
    idle = wait()
  }
  idle = wait()
  message.removeAllListeners('readable')
  message.on('data', onData)
  message.once('end', end)
  message.once('close', end)
  message.resume()
}
