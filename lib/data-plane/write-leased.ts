import { isApiError } from '@/lib/errors/api-error'
import { keepLease, type Lease } from '@/lib/images/lease-repo'
import type { BlobLocation, BlobWriter, OpenWriterOptions, Store } from '@/lib/stores/store'
import type { ExpectedSize } from './expected-size'
import { Interrupt } from './transfer'

export interface LeasedWrite {
  readonly imageId: string
  /** the image's project */
  readonly ownerId: string | null
  readonly store: Store
  /** opens the writer; the store's own `openWriter` when absent */
  readonly open?: ((options: OpenWriterOptions) => Promise<BlobWriter>) | undefined
  /** held by this process; renewed while the bytes are written */
  readonly lease: Lease
  readonly expected: ExpectedSize
  /** ends the work early, as when a task is no longer ours */
  readonly signal?: AbortSignal
  /** what to throw when the lease is lost */
  readonly lost: () => Error
  /** Called when nothing was stored and nothing is left in the store: ends the lease. Must not throw. */
  readonly giveBack: () => Promise<void>
}

/**
 * Writes one blob under a lease by `write`, then calls `record`, whose transaction must end the lease and name the
 * location. When anything fails before, the store holds nothing of it and `giveBack` has run. When `record` fails in a
 * way that may have been committed, only the reaper may decide: then the lease stays.
 */
export async function writeLeased<W, T>(
  { imageId, ownerId, store, open, lease, expected, signal, lost, giveBack }: LeasedWrite,
  write: (writer: BlobWriter, interrupt: Interrupt) => Promise<W>,
  record: (written: W, location: BlobLocation) => Promise<T>,
): Promise<T> {
  const stopWriting = new AbortController()
  const interrupt = new Interrupt()
  const keeper = keepLease(lease, () => interrupt.raise(lost()))
  const onAbort = () => interrupt.raise(lost())
  signal?.addEventListener('abort', onAbort, { once: true })
  let writer: BlobWriter | undefined
  let isOutcomeUnknown = false
  try {
    if (signal?.aborted) throw lost()
    const options = {
      attemptId: lease.id,
      signal: stopWriting.signal,
      ...(ownerId !== null && { ownerId }),
      ...(expected.sizeBytes !== undefined && { sizeBytes: expected.sizeBytes }),
    }
    writer = await (open === undefined ? store.openWriter(imageId, options) : open(options))
    const written = await write(writer, interrupt)
    const location = await writer.commit()
    isOutcomeUnknown = true
    const recorded = await record(written, location)
    await writer.settle()
    return recorded
  } catch (error) {
    // A transaction that failed on the way may have been committed.
    if (isOutcomeUnknown && !isApiError(error)) throw error
    stopWriting.abort()
    await writer?.abort()
    await giveBack()
    throw error
  } finally {
    signal?.removeEventListener('abort', onAbort)
    keeper.stop()
  }
}
