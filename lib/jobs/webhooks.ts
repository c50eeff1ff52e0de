import { config } from '@/lib/config/load'
import type { Config } from '@/lib/config/schema'
import { isApiError } from '@/lib/errors/api-error'
import { type EventRow, lastPosition, readEvents } from '@/lib/events/event-repo'
import { now } from '@/lib/runtime/clock'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import { nodeIdentity } from '@/lib/runtime/node-identity'
import { type Repetition, repeat } from './repeat'
import { webhookBody, webhookHeaders } from './webhook-message'
import { findWebhookState, replaceWebhookState, type WebhookState } from './webhook-repo'
import { postOnce } from './webhook-sender'

const PAUSE_MS = 1_000
const BATCH = 50
/** Longer than one delivery can take: whoever has it renews it after each. */
const HOLD_MS = 60_000
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 10 * 60_000

export type Webhook = Config['webhooks'][string] & { readonly id: string }

/**
 * Tells each configured receiver what happened, in order and at least once: its place among the events moves on only
 * when it has answered, or when it was tried often enough. One process at a time works for a receiver.
 */
export function startWebhooks(): Repetition {
  const rounds = Object.entries(config().webhooks).map(([id, settings]) => {
    const hook = { id, ...settings }
    const text = `webhook ${id} failed`
    return repeat({ pauseMs: PAUSE_MS, firstMs: PAUSE_MS, text }, (signal) => deliverEvents(hook, signal))
  })
  return {
    stop: async () => {
      await Promise.all(rounds.map((round) => round.stop()))
    },
  }
}

/** One round for one receiver; safe on any number of nodes at once. */
export async function deliverEvents(hook: Webhook, signal: AbortSignal): Promise<void> {
  const timeMs = now().getTime()
  const found = await findWebhookState(hook.id, lastPosition)
  const isHeld = found.holder !== '' && !isOfThisNode(found.holder) && found.heldUntil > timeMs
  if (isHeld || found.dueAt > timeMs) return
  const events = await readEvents(found.position, BATCH)
  if (events.length === 0) return
  const holder = new Holder(hook.id, found)
  if (!(await holder.save({}))) return
  for (const event of events) {
    if (signal.aborted || !(await handle(hook, event, holder, signal))) break
  }
  await holder.release()
}

/** The state of a webhook as this process last wrote it; every writing fails once another process has it. */
class Holder {
  constructor(
    private readonly hookId: string,
    private state: WebhookState,
  ) {}

  get attempts(): number {
    return this.state.attempts
  }

  save(change: Partial<WebhookState>): Promise<boolean> {
    return this.#replace({ ...this.state, ...change, holder: self(), heldUntil: now().getTime() + HOLD_MS })
  }

  async release(): Promise<void> {
    await this.#replace({ ...this.state, holder: '', heldUntil: 0 })
  }

  async #replace(next: WebhookState): Promise<boolean> {
    const isOurs = await replaceWebhookState(this.hookId, this.state, next)
    if (isOurs) this.state = next
    return isOurs
  }
}

/** This process, so named that what it held before it was started again is known as its own. */
function self(): string {
  const { nodeId, bootId } = nodeIdentity(config().dataFolder)
  return `${nodeId}/${bootId}`
}

function isOfThisNode(holder: string): boolean {
  return holder.startsWith(`${nodeIdentity(config().dataFolder).nodeId}/`)
}

/** True when the next event may follow. */
async function handle(hook: Webhook, event: EventRow, holder: Holder, signal: AbortSignal): Promise<boolean> {
  const done = { position: event.position, attempts: 0, dueAt: 0 }
  if (!isFor(hook, event)) return await holder.save(done)
  const attempts = holder.attempts + 1
  const failure = await deliver(hook, event, signal)
  // It was stopped, not refused.
  if (failure !== undefined && signal.aborted) return false
  if (failure === undefined) {
    count(hook, 'delivered')
    return await holder.save(done)
  }
  const fields = { webhook: hook.id, position: event.position, type: event.type, attempts, reason: failure }
  if (attempts >= hook.tries) {
    count(hook, 'dead')
    logger().error(fields, 'an event was given up, and will not reach its webhook')
    return await holder.save(done)
  }
  count(hook, 'failed')
  logger().warn(fields, 'an event could not be delivered yet')
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS)
  await holder.save({ attempts, dueAt: now().getTime() + pauseMs })
  return false
}

function isFor({ events }: Webhook, { type, outcome }: EventRow): boolean {
  return outcome === 'success' && events.some((name) => type === name || type.startsWith(`${name}.`))
}

/** Undefined when it was delivered, else why not. */
async function deliver(hook: Webhook, event: EventRow, signal: AbortSignal): Promise<string | undefined> {
  const body = webhookBody(event)
  const headers = webhookHeaders(body, hook.secret, now().getTime())
  const { url, allowPrivateAddress } = hook
  try {
    await postOnce({ url, headers, body, allowPrivateAddress, signal })
    return undefined
  } catch (error) {
    return isApiError(error) ? error.message : 'The webhook was not delivered.'
  }
}

function count({ id }: Webhook, outcome: 'delivered' | 'failed' | 'dead'): void {
  metrics().webhookDeliveries.inc({ webhook: id, outcome })
}
