import type { Metadata } from 'next'
import { uploadRoomTexts } from '@/components/uploads/room-messages'
import { type UploadItem, UploadRoom } from '@/components/uploads/upload-room'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { listUploads, type OwnUpload } from '@/lib/uploads/find-upload'
import { parseUploadMetadata } from '@/lib/uploads/protocol'
import { deleteUnfinishedImage } from '../actions'
import { guarded } from '../guarded'

export function generateMetadata(): Metadata {
  return { title: uploadRoomTexts.title }
}

export default async function UploadsPage() {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const uploads = await listUploads(ctx)
    const open = uploads.filter(({ state }) => state === 'open')
    return <UploadRoom uploads={open.map(uploadItem)} deleteImage={deleteUnfinishedImage} />
  })
}

function uploadItem({ id, imageId, image, metadata, ...upload }: OwnUpload): UploadItem {
  const pairs = parseUploadMetadata(metadata)
  return {
    imageId,
    name: image.name || imageId,
    path: `/api/uploads/${id}`,
    fileName: pairs?.get('filename') ?? '',
    fingerprint: pairs?.get('fingerprint') ?? null,
    sizeBytes: upload.lengthBytes,
    offsetBytes: upload.offsetBytes,
    storeIds: upload.storeIds,
    updatedAt: upload.updatedAt.toISOString(),
    expiresAt: upload.expiresAt.toISOString(),
  }
}
