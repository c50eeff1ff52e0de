import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { getImage } from './get-image'
import { changeImage } from './image-repo'
import type { ImageStatus } from './status'

/** Makes an image's data unreadable for all but administrators. Throws `forbidden` in any state but active. */
export function deactivateImage(ctx: RequestContext, id: string): Promise<void> {
  return switchStatus(ctx, id, 'deactivate', { from: 'active', to: 'deactivated' })
}

/** Takes {@link deactivateImage} back. */
export function reactivateImage(ctx: RequestContext, id: string): Promise<void> {
  return switchStatus(ctx, id, 'reactivate', { from: 'deactivated', to: 'active' })
}

/** An image that is there already stays as it is. Source: images.md 4.3. */
async function switchStatus(
  ctx: RequestContext,
  id: string,
  rule: 'deactivate' | 'reactivate',
  { from, to }: { from: ImageStatus; to: ImageStatus },
): Promise<void> {
  const image = await getImage(ctx, id)
  enforce(ctx, rule, imageTarget(image))
  if (image.status === to) return
  const note = { by: actorOf(ctx), was: { ...image, status: from } }
  const changed = await changeImage(db(), id, { from: [from], set: { status: to }, note })
  if (changed !== 'conflict') return
  const current = await getImage(ctx, id)
  if (current.status === to) return
  throw apiError('forbidden', { public: `Not allowed to ${rule} image in status '${current.status}'` })
}
