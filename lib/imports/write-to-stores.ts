import { lostTask } from './import-repo'
import { MIB } from './run'

export interface StoresToWrite {
  readonly storeIds: readonly string[]
  /** how many are written at once */
  readonly atOnce: number
  /** whether the first failure ends all of it */
  readonly mustSucceed: boolean
  /** ends all of it */
  readonly signal: AbortSignal
  write(storeId: string, options: { signal: AbortSignal; onProgress: (bytes: number) => void }): Promise<void>
  /** a store did not get the bytes, and the others go on; what it throws ends all of it */
  onFailure(storeId: string, error: unknown): Promise<void>
  /** what there is to tell of all stores that are being written */
  report(message: string): void
}

/**
 * Writes to several stores, some at a time in the given order; the number of those that have the bytes. Throws the
 * first failure that ends all of it, and only when no write runs any more: whoever gives up may take everything back.
 */
export async function writeToStores(work: StoresToWrite): Promise<number> {
  const { storeIds, atOnce, mustSucceed, signal, write, onFailure, report } = work
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const waiting = [...storeIds]
  const copied = new Map<string, number>()
  let stored = 0
  let first: { readonly error: unknown } | undefined
  const end = (error: unknown) => {
    first ??= { error }
    stop.abort()
  }
  const writeOne = async (storeId: string) => {
    const onProgress = (bytes: number) => {
      copied.set(storeId, bytes)
      report(progressText(copied, storeIds.length))
    }
    try {
      await write(storeId, { signal: both, onProgress })
      stored += 1
    } catch (error) {
      if (mustSucceed || both.aborted) end(error)
      else await onFailure(storeId, error).catch(end)
    } finally {
      copied.delete(storeId)
    }
  }
  const line = async () => {
    while (!both.aborted) {
      const storeId = waiting.shift()
      if (storeId === undefined) return
      await writeOne(storeId)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, storeIds.length) }, line))
  if (first !== undefined) throw first.error
  if (signal.aborted) throw lostTask()
  return stored
}

/** One store gets Glance's own text. */
function progressText(copied: ReadonlyMap<string, number>, storeCount: number): string {
  const amounts = [...copied].map(([storeId, bytes]) => {
    const text = `${Math.floor(bytes / MIB)} MiB`
    return storeCount === 1 ? text : `${text} to ${storeId}`
  })
  return `Copied ${amounts.join(', ')}`
}
