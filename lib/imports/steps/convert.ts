import { open } from 'node:fs/promises'
import { config } from '@/lib/config/load'
import { expectedSize, refuseTooLarge } from '@/lib/data-plane/expected-size'
import { formatClaim } from '@/lib/data-plane/format-gate'
import { writeLeased } from '@/lib/data-plane/write-leased'
import { apiError } from '@/lib/errors/api-error'
import { contentFormat, type ReadableFormat, readableAs } from '@/lib/formats/convertible'
import { type Inspection, inspectSlices } from '@/lib/formats/inspector'
import { judge } from '@/lib/formats/judge'
import type { LocationRow } from '@/lib/images/location-repo'
import { quotaOf } from '@/lib/quota/quota'
import { configuredStore, stores } from '@/lib/stores/registry'
import type { BlobReader } from '@/lib/stores/store'
import { untilEarlierTriesEnd } from '../earlier-tries'
import { leaseForStaging } from '../reserve-import'
import { leasedBy, type Run } from '../run'
import { changeForTask, replaceStaged } from '../staging-repo'
import { fileIn } from './program'
import { convertImage, refuseDamaged, virtualSizeOf } from './qemu-img'
import { readSlice } from './zip'

/**
 * Puts a copy of the staged image in the configured format in its place; true when it did. An ISO stays as it is, and
 * so does what has the format already. Source and result are inspected with our own means before anybody else reads
 * them, and qemu-img is told what they are. Throws `format_refused` for what is unsafe, damaged or not what the image
 * claims, `quota_exceeded` for a disk beyond the largest image or the project's room. Source: images.md 8.7, by its steps.
 */
export async function convert(run: Run, staged: LocationRow): Promise<boolean> {
  const { task, plan, image, signal } = run
  const holder = configuredStore(staged.storeId)
  const reader = await holder.openReader(staged, { signal })
  try {
    const inspection = await inspectSlices(reader.sizeBytes, (start, end) =>
      readSlice((slice) => holder.openReader(staged, { ...slice, signal }), start, end - start),
    )
    const claimed = image.diskFormat ?? ''
    refuseUnsafe(inspection)
    if (inspection.format === 'iso' && claimed === 'iso') return false
    const format = sourceFormat(inspection, claimed)
    const virtualSizeBytes = await virtualSizeOf(fileIn(reader), format)
    const { outputFormat } = config().imports.conversion
    if (format === outputFormat) {
      await changeForTask(task, plan.imageId, { set: { virtualSizeBytes } })
      return false
    }
    if (outputFormat === 'raw') refuseTooLarge(expectedSize({}), virtualSizeBytes)
    await convertInto(run, { staged, reader, format, virtualSizeBytes })
    return true
  } finally {
    await reader.close()
  }
}

interface Source {
  readonly staged: LocationRow
  readonly reader: BlobReader
  readonly format: ReadableFormat
  readonly virtualSizeBytes: number
}

async function convertInto(run: Run, { staged, reader, format, virtualSizeBytes }: Source): Promise<void> {
  const { task, plan, image } = run
  const { outputFormat } = config().imports.conversion
  const store = stores().workAreas.converted
  const expected = expectedSize({})
  // How much another format will need nobody knows; about as much as this one.
  const announcedBytes = outputFormat === 'raw' ? virtualSizeBytes : reader.sizeBytes
  const quota = await quotaOf(image.ownerId)
  await untilEarlierTriesEnd(plan.imageId, store.id, run.signal)
  const lease = await leaseForStaging(task, plan.imageId, { quota, announcedBytes, storeId: store.id })
  await writeLeased(
    { ...leasedBy(run, lease, expected), store },
    async (writer, interrupt) => {
      const target = fileIn(writer)
      const stopping = new AbortController()
      // Beside it, since nobody sees what is converted before both have ended.
      const check = refuseDamaged(fileIn(reader), format, stopping.signal)
      const conversion = convertImage({
        sourceFd: fileIn(reader),
        sourceFormat: format,
        targetFd: target,
        targetFormat: outputFormat,
        targetBytesMax: expected.capBytes,
        signal: stopping.signal,
        onProgress: (percent) => run.report(`Converted ${Math.floor(percent)} %`),
      })
      // It may fail while the check is still waited for.
      conversion.catch(() => {})
      try {
        // The check knows best why a damaged image cannot be converted.
        await interrupt.during(check.then(() => conversion))
      } finally {
        stopping.abort()
        await Promise.allSettled([check, conversion])
      }
      return await checkedSize(target, outputFormat)
    },
    (sizeBytes, location) =>
      replaceStaged({ task, lease }, staged, {
        location,
        set: { sizeBytes, virtualSizeBytes, diskFormat: outputFormat, containerFormat: 'bare' },
        before: { diskFormat: image.diskFormat, containerFormat: image.containerFormat },
      }),
  )
}

/** The size of what was converted, which must be what it was to be: raw data may hold an image of its own. */
async function checkedSize(fd: number, format: ReadableFormat): Promise<number> {
  const file = await open(`/proc/self/fd/${fd}`)
  try {
    const { size } = await file.stat()
    const inspection = await inspectSlices(size, async (start, end) => {
      const bytes = Buffer.alloc(end - start)
      const { bytesRead } = await file.read(bytes, 0, bytes.byteLength, start)
      return bytes.subarray(0, bytesRead)
    })
    refuseUnsafe(inspection)
    sourceFormat(inspection, format)
    return size
  } finally {
    await file.close()
  }
}

function refuseUnsafe(inspection: Inspection): void {
  const claim = formatClaim({ diskFormat: 'raw', containerFormat: 'bare' })
  if (!judge(inspection, { ...claim, requireMatch: false }).ok) {
    throw apiError('format_refused', { public: 'Image has disallowed configuration' })
  }
}

/** What the data is, which must be what is claimed. */
function sourceFormat(inspection: Inspection, claimed: string): ReadableFormat {
  const readable = readableAs(inspection, claimed)
  if (readable !== undefined) return readable
  const found = contentFormat(inspection)
  const what = found === 'ambiguous' ? inspection.matches.join(',') : found
  throw apiError('format_refused', { public: `Image disk_format ${claimed} does not match stream data ${what}` })
}
