import { RefusedError } from '@/lib/uploads/client/sending'
import { uploadTexts } from '../messages'
import { askServer, refusalOf } from './upload-request'

/** Puts a file into an image in one request; null when it is there, else why not. */
export async function sendWhole(
  imageId: string,
  options: {
    readonly file: Blob
    /** the default store when absent */
    readonly storeId: string | undefined
    readonly onProgress: (sentBytes: number) => void
    readonly signal: AbortSignal
  },
): Promise<{ readonly reason: string; readonly requestId: string | null } | null> {
  const { file, storeId, onProgress, signal } = options
  try {
    const answer = await askServer(`/api/ui/images/${encodeURIComponent(imageId)}/file`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/octet-stream',
        ...(storeId !== undefined && { 'x-image-meta-store': storeId }),
      },
      body: file,
      onLeft: onProgress,
      signal,
    })
    if (answer.status < 300) return null
    throw refusalOf(answer)
  } catch (error) {
    if (!(error instanceof RefusedError)) return { reason: uploadTexts.network, requestId: null }
    const { status, message, requestId = null } = error
    if (status === 401) return { reason: uploadTexts.sessionOver, requestId }
    return { reason: message || uploadTexts.refused(status), requestId }
  }
}
