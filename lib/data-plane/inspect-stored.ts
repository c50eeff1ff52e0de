import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { type Inspection, inspectSlices } from '@/lib/formats/inspector'
import { judge } from '@/lib/formats/judge'
import type { Image } from '@/lib/images/image'
import { formatClaim } from './format-gate'
import { openImage } from './open-image'

/** What the stored bytes of an image are, and what uploads with such bytes would be told. */
export interface StoredContent {
  readonly inspection: Inspection
  /** why they would be refused; null when they would not */
  readonly refusal: string | null
  /** what would be noted though they are taken */
  readonly warning: string | null
}

const TIMEOUT_MS = 5_000

/**
 * Looks at an image's stored bytes, a few small parts of them, as an upload is looked at. Undefined when there are none,
 * or their store does not give them now. Throws as a download does: who may not have the data learns nothing of it.
 */
export async function inspectStored(ctx: RequestContext, image: Image): Promise<StoredContent | undefined> {
  const { sizeBytes } = image
  if (sizeBytes === null || sizeBytes === 0) return undefined
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(TIMEOUT_MS)])
  const read = (start: number, end: number) => readPart({ ...ctx, signal }, image.id, start, end)
  const inspection = await inspectSlices(sizeBytes, read).catch((error: unknown) => {
    if (error instanceof NoData || signal.aborted) return undefined
    if (isApiError(error) && error.status >= 500) return undefined
    throw error
  })
  if (inspection === undefined) return undefined
  const verdict = judge(inspection, formatClaim(image))
  return {
    inspection,
    refusal: verdict.ok ? null : verdict.message,
    warning: verdict.ok ? (verdict.warning ?? null) : null,
  }
}

class NoData extends Error {}

async function readPart(ctx: RequestContext, imageId: string, start: number, end: number): Promise<Uint8Array> {
  const opened = await openImage(ctx, imageId, { range: `bytes=${start}-${end - 1}` })
  if (opened.kind === 'empty') throw new NoData()
  const { reader } = opened
  try {
    const bytes = new Uint8Array(end - start)
    for (let filled = 0; filled < bytes.byteLength; ) {
      const count = await reader.readInto(bytes.subarray(filled))
      if (count === 0) throw new NoData()
      filled += count
    }
    return bytes
  } finally {
    await reader.close()
  }
}
