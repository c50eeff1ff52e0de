import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import type { Actor } from '@/lib/events/event'
import { requeueAbandoned } from '@/lib/images/lease-repo'
import { forgetUpload, type Upload, type UploadHold } from '@/lib/images/upload-repo'
import { stores } from '@/lib/stores/registry'
import { dropFacts } from './running-facts'

/** Ends an upload of this node without its end: the bytes go first, then the image is queued again. */
export async function endUpload(hold: UploadHold, upload: Upload, by: Actor): Promise<void> {
  dropFacts(upload.id)
  await stores().staging.discardAttempt(upload.imageId, upload.id, { keepCommitted: false })
  await abandonUpload(hold, upload, by)
}

/** The same for one whose bytes are gone, or out of reach on a node that is absent. */
export async function abandonUpload(hold: UploadHold, { imageId }: Upload, by: Actor): Promise<void> {
  await inTransaction(db(), async (tx) => {
    if (await forgetUpload(tx, hold)) await requeueAbandoned(tx, imageId, by)
  })
}
