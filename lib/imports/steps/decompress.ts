import { config } from '@/lib/config/load'
import { expectedSize } from '@/lib/data-plane/expected-size'
import { type FormatGate, openGate } from '@/lib/data-plane/format-gate'
import { reservingSource } from '@/lib/data-plane/reserving-source'
import { storeBytes } from '@/lib/data-plane/store-bytes'
import { apiError } from '@/lib/errors/api-error'
import { findWrapper } from '@/lib/formats/wrappers'
import type { LocationRow } from '@/lib/images/location-repo'
import { quotaOf } from '@/lib/quota/quota'
import { configuredStore, stores } from '@/lib/stores/registry'
import { untilEarlierTriesEnd } from '../earlier-tries'
import { lostTask } from '../import-repo'
import { leaseForStaging } from '../reserve-import'
import { leasedBy, MIB, type Run } from '../run'
import { replaceStaged } from '../staging-repo'
import { type Compression, decompressed, type OpenSlice } from './decompressors'
import { readSlice } from './zip'

/** What is smaller than this is no bomb, however well it was packed. */
const HARMLESS_BYTES = 64 * MIB
const MAGIC_BYTES = 16

/**
 * Puts what is in compressed staged bytes in their place; true when it did. Bytes that are not compressed stay as they
 * are, and so do those of an image that is to be compressed. Throws `format_refused` for damaged ones and for ones that
 * grow beyond the configured ratio, `quota_exceeded` for ones that grow beyond the largest image or the project's room.
 * Source: images.md 8.7; xz, bzip2, zstd and the limits are ours.
 */
export async function decompress(run: Run, staged: LocationRow): Promise<boolean> {
  if (run.image.containerFormat === 'compressed') return false
  const holder = configuredStore(staged.storeId)
  const open: OpenSlice = (slice) => holder.openReader(staged, { ...slice, signal: run.signal })
  const kind = compressionOf(await readSlice(open, 0, MAGIC_BYTES))
  if (kind === undefined) return false
  const { sizeBytes: compressedBytes } = await holder.stat(staged)
  const store = stores().workAreas.decompressed
  const expected = expectedSize({})
  const quota = await quotaOf(run.image.ownerId)
  await untilEarlierTriesEnd(run.plan.imageId, store.id, run.signal)
  const lease = await leaseForStaging(run.task, run.plan.imageId, { quota, announcedBytes: 0, storeId: store.id })
  const source = decompressed(kind, open)
  await storeBytes(
    {
      ...leasedBy(run, lease, expected),
      store,
      source: reservingSource({ source, lease, expected, quota, lost: lostTask }, 'image_stage_total'),
      gate: bombGate(compressedBytes),
      algorithms: [],
      onProgress: (bytes) => run.report(`Decompressed ${Math.floor(bytes / MIB)} MiB`),
    },
    ({ sizeBytes }, location) => replaceStaged({ task: run.task, lease }, staged, { location, set: { sizeBytes } }),
  )
  return true
}

function compressionOf(head: Uint8Array): Compression | undefined {
  const wrapper = findWrapper(head)
  return wrapper === 'parallels' || wrapper === 'tar' ? undefined : (wrapper ?? undefined)
}

function bombGate(compressedBytes: number): FormatGate {
  const { maxRatio } = config().imports.decompression
  const most = Math.max(HARMLESS_BYTES, compressedBytes * maxRatio)
  let bytesSoFar = 0
  return {
    ...openGate,
    take: (bytes) => {
      bytesSoFar += bytes.byteLength
      if (bytesSoFar <= most) return
      throw apiError('format_refused', {
        public: `The compressed data grows to more than ${maxRatio} times its size, which is not allowed here.`,
      })
    },
  }
}
