import { apiError, isApiError } from '@/lib/errors/api-error'
import { metrics } from '@/lib/runtime/metrics'
import { HealthWatch, type StoreHealth } from './health'
import type { BlobReader, BlobWriter, OpenWriterOptions, ResumableWriter, ResumingStore, Store } from './store'

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
  const opening = async <T>(open: () => Promise<T>) => {
    await assertWritable()
    return await open().catch((error: unknown) => {
      suspectOf(watch, error)
      throw error
    })
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
    openWriter: (imageId, options) =>
      opening(async () =>
        guardWriter(store, watch, await call('open_writer', () => store.openWriter(imageId, options))),
      ),
    ...(store.adoptFile && {
      adoptFile: (imageId: string, path: string, options: OpenWriterOptions) =>
        opening(async () => {
          const writer = await call('adopt_file', async () => store.adoptFile?.(imageId, path, options))
          return writer && guardWriter(store, watch, writer)
        }),
    }),
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
    ...(store.resuming && { resuming: guardResuming(store, store.resuming, { watch, opening }) }),
    ...(store.setReaders && { setReaders: store.setReaders.bind(store) }),
    ...(store.close && { close: store.close.bind(store) }),
  }
}

interface Guard {
  readonly watch: HealthWatch
  /** Opens a writer, if the store takes data now. */
  readonly opening: <T>(open: () => Promise<T>) => Promise<T>
}

function guardResuming(store: Store, resuming: ResumingStore, { watch, opening }: Guard): ResumingStore {
  return {
    resumeWriter: (imageId, options) =>
      opening(async () => {
        const writer = await timed(store, 'resume_writer', () => resuming.resumeWriter(imageId, options))
        return guardResumable(store, watch, writer)
      }),
    holdsAttempt: (imageId, attemptId) =>
      timed(store, 'holds_attempt', () => resuming.holdsAttempt(imageId, attemptId)),
  }
}

function guardResumable(store: Store, watch: HealthWatch, writer: ResumableWriter): ResumableWriter {
  return {
    ...guardWriter(store, watch, writer),
    flush: () => writer.flush().catch(failing(store, watch)),
    pause: () => writer.pause(),
  }
}

/** Throws a writer's error as one of the store's, which may be the sign that the store is not well. */
function failing(store: Store, watch: HealthWatch) {
  return (error: unknown): never => {
    const known = mappedError(store, error)
    suspectOf(watch, known)
    throw known
  }
}

function guardWriter(store: Store, watch: HealthWatch, writer: BlobWriter): BlobWriter {
  const mapped = failing(store, watch)
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
