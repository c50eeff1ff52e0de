import { apiError, isApiError } from '@/lib/errors/api-error'
import { metrics } from '@/lib/runtime/metrics'
import { HealthWatch, type StoreHealth } from './health'
import type { BlobReader, BlobWriter, Store } from './store'

/** A store as the process uses it: one that knows whether it is well. */
export interface GuardedStore extends Store {
  readonly health: StoreHealth
  /** Probes it; resolves when that is over or takes too long, and never throws. */
  check(): Promise<void>
  /** Throws `store_add_disabled` or `store_unavailable` when it takes no data now. */
  assertWritable(): Promise<void>
}

/**
 * Wraps a driver so that only `store_*` codes (or the caller's own abort) leave it, that every call but the ones per
 * chunk is timed, and that a store which cannot be written is seen as such and asked for nothing new.
 */
export function guardStore(store: Store): GuardedStore {
  const watch = new HealthWatch(store)
  const call = <T>(operation: string, run: () => Promise<T>) => timed(store, operation, run)
  const rechecking = <T>(operation: string, run: () => Promise<T>) =>
    call(operation, run).catch((error: unknown) => {
      if (isApiError(error) && error.code === 'store_unavailable') watch.recheck()
      throw error
    })
  const assertWritable = async () => {
    if (!store.capabilities.write) throw apiError('store_add_disabled')
    await watch.assertWritable()
  }
  return {
    id: store.id,
    kind: store.kind,
    description: store.description,
    weight: store.weight,
    capabilities: store.capabilities,
    get health() {
      return watch.health
    },
    check: () => watch.check(),
    assertWritable,
    openWriter: async (imageId, options) => {
      await assertWritable()
      try {
        return guardWriter(store, watch, await call('open_writer', () => store.openWriter(imageId, options)))
      } catch (error) {
        suspectOf(watch, error)
        throw error
      }
    },
    openReader: async (location, options) =>
      guardReader(store, watch, await rechecking('open_reader', () => store.openReader(location, options))),
    stat: (location) => rechecking('stat', () => store.stat(location)),
    delete: (location) => rechecking('delete', () => store.delete(location)),
    discardAttempt: (imageId, attemptId, options) =>
      rechecking('discard_attempt', () => store.discardAttempt(imageId, attemptId, options)),
    list: (options) => store.list(options),
    probe: () => call('probe', () => store.probe()),
    detail: () => store.detail(),
    ...(store.copyFrom && { copyFrom: store.copyFrom.bind(store) }),
    ...(store.takesUrl && { takesUrl: store.takesUrl.bind(store) }),
    ...(store.setReaders && { setReaders: store.setReaders.bind(store) }),
    ...(store.close && { close: store.close.bind(store) }),
  }
}

function guardWriter(store: Store, watch: HealthWatch, writer: BlobWriter): BlobWriter {
  const mapped = (error: unknown) => {
    const known = mappedError(store, error)
    suspectOf(watch, known)
    throw known
  }
  return {
    ...(writer.fd !== undefined && { fd: writer.fd }),
    write: (chunk) => writer.write(chunk).catch(mapped),
    skip: (lengthBytes) => writer.skip(lengthBytes).catch(mapped),
    commit: () => timed(store, 'commit', () => writer.commit()).catch(mapped),
    settle: () => writer.settle(),
    abort: () => timed(store, 'abort', () => writer.abort()),
  }
}

function guardReader(store: Store, watch: HealthWatch, reader: BlobReader): BlobReader {
  return {
    ...(reader.fd !== undefined && { fd: reader.fd }),
    sizeBytes: reader.sizeBytes,
    readInto: (target) =>
      reader.readInto(target).catch((error: unknown) => {
        watch.recheck()
        throw mappedError(store, error)
      }),
    stream: () => reader.stream(),
    close: () => reader.close(),
  }
}

/** What a writer fails with may be the store's fault or the image's: a store that is full, or has it, is well. */
function suspectOf(watch: HealthWatch, error: unknown): void {
  if (isApiError(error) && (error.code === 'store_unavailable' || error.code === 'store_denied')) watch.suspect(error)
}

async function timed<T>(store: Store, operation: string, run: () => Promise<T>): Promise<T> {
  const stop = metrics().storeSeconds.startTimer({ store: store.id, operation })
  try {
    return await run()
  } catch (error) {
    throw mappedError(store, error)
  } finally {
    stop()
  }
}

function mappedError(store: Store, error: unknown): unknown {
  if (isApiError(error)) return error
  if (error instanceof Error && error.name === 'AbortError') return error
  return apiError('store_unavailable', { cause: error, detail: { storeId: store.id } })
}
