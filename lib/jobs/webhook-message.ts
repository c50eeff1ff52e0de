import { createHash, createHmac } from 'node:crypto'
import type { EventRow } from '@/lib/events/event-repo'

/** An event as oslo.messaging's notifications carry it; the same each time it is sent, so that receivers can tell. */
export function webhookBody(event: EventRow): string {
  const digest = createHash('sha256').update(`${event.id}/${event.createdAt}/${event.type}`).digest('hex')
  return JSON.stringify({
    message_id: digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    publisher_id: 'image.glimpse',
    event_type: event.type,
    priority: 'INFO',
    timestamp: `${new Date(event.createdAt).toISOString().replace('T', ' ').slice(0, -1)}000`,
    _context_request_id: event.requestId,
    _context_user_id: event.userId,
    _context_project_id: event.projectId,
    payload: event.payload,
  })
}

/**
 * Proves who sent a body and when: HMAC-SHA256 over the timestamp, a point and the body. Receivers refuse timestamps
 * that are minutes old, so that nobody can send a recorded one again.
 */
export function webhookHeaders(body: string, secret: string, timeMs: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(timeMs / 1000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Glimpse',
    'x-glimpse-timestamp': timestamp,
    'x-glimpse-signature': `sha256=${signature}`,
  }
}
