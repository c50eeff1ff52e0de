import type { RequestContext } from '@/lib/context/request-context'
import { eventsAfter } from '@/lib/events/event-feed'
import { type EventRow, firstPosition, lastPosition, readEvents } from '@/lib/events/event-repo'
import type { WireHandler } from '@/lib/http/wire'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { visibleAmong } from '@/lib/images/visible-among'
import { eventStreams } from './event-streams'
import { dataContext, dataFault } from './image-data'

const HEARTBEAT_MS = 15_000
const BATCH = 100
/** A page that missed more than this reads itself anew instead. */
const MISSED_MAX = 1000
const RETRY_MS = 2000

/**
 * GET /api/ui/events: what happens to the images and tasks that the session's owner may see, as server-sent events, from
 * now on or from what `Last-Event-ID` (or `after`) names. They carry ids and no data: the page reads that again, through
 * policy. `reset` says that something was missed. Ends with the session, and when the process is to stop.
 */
export const eventsRequest: WireHandler = async (request) => {
  try {
    const ctx = await dataContext(request)
    const stream = eventStreams().open(ctx.principal.userId)
    const signal = AbortSignal.any([stream.signal, request.signal])
    return {
      status: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
      body: streamOf(
        eventFrames(ctx, {
          lastEventId: request.header('last-event-id') ?? new URLSearchParams(request.query).get('after') ?? '',
          contextNow: () => dataContext(request),
          signal,
        }),
        stream.close,
      ),
    }
  } catch (error) {
    return dataFault(error, request, undefined)
  }
}

/** One frame is asked for when the last one was taken: a slow reader holds nothing but itself up. */
function streamOf(source: AsyncGenerator<string>, close: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await source.next()
          if (!done) {
            controller.enqueue(encoder.encode(value))
            return
          }
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        close()
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  )
}

export interface Following {
  /** what the page saw last; empty for what is to come */
  readonly lastEventId: string
  /** Who asks now; throws when nobody does any more. */
  readonly contextNow: () => Promise<RequestContext>
  readonly signal: AbortSignal
  readonly heartbeatMs?: number
}

/** The frames of a stream, each made when it is asked for, until the signal is aborted or the session is over. */
export async function* eventFrames(first: RequestContext, following: Following): AsyncGenerator<string> {
  const { lastEventId, contextNow, signal, heartbeatMs = HEARTBEAT_MS } = following
  let ctx = first
  const start = await startOf(lastEventId)
  let position = start.position
  yield `retry: ${RETRY_MS}\nid: ${position}\n${start.isReset ? 'event: reset\ndata: {}\n' : ''}\n`
  while (!signal.aborted) {
    const events = await readEvents(position, BATCH)
    const isNews = events.length > 0 || (await eventsAfter(position, heartbeatMs, signal))
    if (signal.aborted) return
    position = events.at(-1)?.position ?? position
    for (const event of await shownTo(ctx, events)) yield frameOf(event)
    if (isNews) continue
    // The session may be over, or in another project.
    try {
      ctx = await contextNow()
    } catch {
      return
    }
    yield `id: ${position}\n\n`
  }
}

/** Where a stream begins: after what the page saw last, unless that is forgotten, too long ago or of another database. */
async function startOf(given: string): Promise<{ readonly position: number; readonly isReset: boolean }> {
  const last = await lastPosition()
  if (given === '') return { position: last, isReset: false }
  const position = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
  const isKnown = position <= last && position >= last - MISSED_MAX
  const isKept = position === last || position + 1 >= ((await firstPosition()) ?? last + 1)
  return isKnown && isKept ? { position, isReset: false } : { position: last, isReset: true }
}

async function shownTo(ctx: RequestContext, events: readonly EventRow[]): Promise<EventRow[]> {
  const ids = events.flatMap(({ imageId }) => (imageId === null ? [] : [imageId]))
  const visible = await visibleAmong(ctx, [...new Set(ids)])
  const { projectId } = ctx.principal
  const isOwn = (id: string | null) => id !== null && id === projectId
  return events.filter((event) => {
    if (event.type.startsWith('task.')) return isCatalogAdmin(ctx) || isOwn(event.projectId)
    return visible.has(event.imageId ?? '') || isOwn(event.memberId)
  })
}

function frameOf({ position, type, imageId, taskId, createdAt, payload }: EventRow): string {
  const data = {
    topic: type.split('.', 1)[0],
    kind: type,
    imageId,
    ...(taskId !== null && { taskId }),
    at: new Date(createdAt).toISOString(),
    ...(typeof payload.progress === 'string' && { progress: payload.progress }),
  }
  return `id: ${position}\ndata: ${JSON.stringify(data)}\n\n`
}
