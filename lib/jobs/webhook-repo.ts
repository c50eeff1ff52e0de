import { z } from 'zod'
import { db } from '@/lib/db/client'
import { isUniqueViolation } from '@/lib/db/errors'
import { now } from '@/lib/runtime/clock'

/** How far the deliveries of a webhook are, and who works on them. */
const stateSchema = z.object({
  /** of the last event that was delivered, given up, or not for this webhook */
  position: z.number(),
  /** how often the next one was tried */
  attempts: z.number(),
  /** epoch milliseconds before which nothing is tried */
  dueAt: z.number(),
  /** the process that delivers, and until when no other does; empty for nobody */
  holder: z.string(),
  heldUntil: z.number(),
})

export type WebhookState = z.infer<typeof stateSchema>

const nameOf = (hookId: string) => `webhook:${hookId}`

/** The state of a webhook; a new one begins after `position`. */
export async function findWebhookState(hookId: string, position: () => Promise<number>): Promise<WebhookState> {
  const name = nameOf(hookId)
  const row = await db().setting.findUnique({ where: { name } })
  if (row !== null) return stateSchema.parse(JSON.parse(row.value))
  const state = { position: await position(), attempts: 0, dueAt: 0, holder: '', heldUntil: 0 }
  try {
    await db().setting.create({ data: { name, value: JSON.stringify(state), updatedAt: now() } })
    return state
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return findWebhookState(hookId, position)
  }
}

/** Replaces a state; false when another process did so since it was read, and then it has the webhook. */
export async function replaceWebhookState(hookId: string, was: WebhookState, next: WebhookState): Promise<boolean> {
  const { count } = await db().setting.updateMany({
    where: { name: nameOf(hookId), value: JSON.stringify(was) },
    data: { value: JSON.stringify(next), updatedAt: now() },
  })
  return count === 1
}
