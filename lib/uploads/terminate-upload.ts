import type { RequestContext } from '@/lib/context/request-context'
import { abandonUpload, endUpload } from '@/lib/data-plane/end-upload'
import { db } from '@/lib/db/client'
import { actorOf } from '@/lib/events/event'
import { self } from '@/lib/images/self'
import { forgetFinished, holdUpload } from '@/lib/images/upload-repo'
import { presentNodes } from '@/lib/tasks/node-repo'
import { holdHere, ownUpload } from './find-upload'
import { asSoleWriter } from './sole-writer'

/**
 * Ends an upload of the caller's: its bytes go and the image is queued again. A finished one is forgotten, and its image
 * stays. Throws `upload_not_found` and `upload_elsewhere`.
 */
export async function terminateUpload(ctx: RequestContext, id: string): Promise<void> {
  const known = await ownUpload(ctx, id)
  if (known.state === 'finished') {
    await forgetFinished(db(), id)
    return
  }
  const present = known.nodeId === self().nodeId ? undefined : await presentNodes(db())
  if (present?.includes(known.nodeId) === false) {
    // A node that comes back finds that nobody names what it has.
    const held = await holdUpload(db(), id, { fromNodeId: known.nodeId })
    if (held !== undefined) await abandonUpload(held.hold, held.upload, actorOf(ctx))
    return
  }
  await asSoleWriter(id, async () => {
    const { hold, upload } = await holdHere(known)
    await endUpload(hold, upload, actorOf(ctx))
  })
}
