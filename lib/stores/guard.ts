import { apiError, isApiError } from '@/lib/errors/api-error'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import type { BlobReader, BlobWriter, Store } from './store'

/**
 * Wraps a driver so that only `store_*` codes (or the caller's own abort) leave it, that every call but the ones per
 * chunk is timed, and that a store which cannot be written is seen as such.
 */
export function guardStore(store: Store): Store {
  const call = <T>(operation: string, run: () => Promise<T>) => timed(store, operation, run)
  return {
    id: store.id,
    kind: store.kind,
    description: store.description,
    weight: store.weight,
    capabilities: store.capabilities,
    openWriter: async (imageId, options) => {
      if (!store.capabilities.write) throw apiError('store_add_disabled')
      return guardWriter(store, await call('open_writer', () => store.openWriter(imageId, options)))
    },
    openReader: async (location, options) =>
      guardReader(store, await call('open_reader', () => store.openReader(location, options))),
    stat: (location) => call('stat', () => store.stat(location)),
    delete: (location) => call('delete', () => store.delete(location)),
    discardAttempt: (imageId, attemptId, options) =>
      call('discard_attempt', () => store.discardAttempt(imageId, attemptId, options)),
    list: (options) => store.list(options),
    probe: async () => {
      const result = await call('probe', () => store.probe())
      metrics().storeUp.set({ store: store.id }, result.writable ? 1 : 0)
      if (!result.writable) logger().warn({ storeId: store.id, reason: result.reason }, 'store does not take writes')
      return result
    },
    detail: () => store.detail(),
    ...(store.copyFrom && { copyFrom: store.copyFrom.bind(store) }),
    ...(store.setReaders && { setReaders: store.setReaders.bind(store) }),
    ...(store.close && { close: store.close.bind(store) }),
  }
}

function guardWriter(store: Store, writer: BlobWriter): BlobWriter {
  const mapped = (error: unknown) => {
    throw mappedError(store, error)
  }
  return {
    write: (chunk) => writer.write(chunk).catch(mapped),
    skip: (lengthBytes) => writer.skip(lengthBytes).catch(mapped),
    commit: () => timed(store, 'commit', () => writer.commit()),
    settle: () => writer.settle(),
    abort: () => timed(store, 'abort', () => writer.abort()),
  }
}

function guardReader(store: Store, reader: BlobReader): BlobReader {
  return {
    sizeBytes: reader.sizeBytes,
    readInto: (target) =>
      reader.readInto(target).catch((error: unknown) => {
        throw mappedError(store, error)
      }),
    stream: () => reader.stream(),
    close: () => reader.close(),
  }
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
