import { constants } from 'node:fs'
import { apiError } from '@/lib/errors/api-error'
import type { BlobLocation, ResumableWriter } from '@/lib/stores/store'
import type { FileCalls, OpenFile } from './file-calls'
import { isMissing, storeErrorOf, systemErrorOf } from './filesystem-errors'
import type { FilesystemFolder } from './filesystem-folder'
import type { Place } from './share'

export interface FilesystemWriterOptions {
  readonly storeId: string
  readonly folder: FilesystemFolder
  readonly imageId: string
  readonly attemptId: string
  readonly sparse: boolean
  /** file mode of the finished blob; undefined leaves it to the process's umask */
  readonly filePermissions: number | undefined
  readonly signal: AbortSignal
  /** whether another folder of the store has a blob of the image */
  readonly isElsewhere: () => Promise<boolean>
}

/**
 * On a mount so much is written between two syncs: the last one must end within a call's time, and an error of the
 * server behind it should not come after hours of upload.
 */
const SYNC_EVERY_BYTES = 64 * 1024 * 1024
const zeros = Buffer.alloc(1024 * 1024)

/**
 * Writes to `.partial/<imageId>.<attemptId>` and links the finished file to its final name. The partial name stays
 * beside it until the location is recorded: a second link costs no room, and proves whose blob it is after a crash.
 */
export class FilesystemWriter implements ResumableWriter {
  #position: number
  #endsInHole = false
  #isLinked = false
  #unsyncedBytes = 0
  #handle: OpenFile | undefined
  /** left after the commit; what follows enters the folder again */
  #place: Place | undefined
  readonly fd: number

  private constructor(
    private readonly options: FilesystemWriterOptions,
    place: Place,
    handle: OpenFile,
    offsetBytes = 0,
  ) {
    this.#place = place
    this.#handle = handle
    this.fd = handle.fd
    this.#position = offsetBytes
  }

  static async open(options: FilesystemWriterOptions): Promise<FilesystemWriter> {
    const { folder, imageId, attemptId } = options
    let place: Place | undefined
    try {
      place = await folder.enter()
      options.signal.throwIfAborted()
      const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY
      const handle = await folder.calls.open(place.paths.partial(imageId, attemptId), flags, 0o640)
      return new FilesystemWriter(options, place, handle)
    } catch (error) {
      await place?.leave()
      throw storeErrorOf(error, options.storeId)
    }
  }

  /** See {@link ResumingStore.resumeWriter}. */
  static async resume(options: FilesystemWriterOptions, offsetBytes: number): Promise<FilesystemWriter> {
    const { folder, imageId, attemptId } = options
    let place: Place | undefined
    let handle: OpenFile | undefined
    try {
      place = await folder.enter()
      options.signal.throwIfAborted()
      await folder.uncommit(place.paths, imageId, attemptId)
      const flags = offsetBytes === 0 ? constants.O_CREAT | constants.O_WRONLY : constants.O_WRONLY
      handle = await folder.calls.open(place.paths.partial(imageId, attemptId), flags, 0o640)
      // What a dead writer left behind the last durable byte must not show through later holes.
      await handle.truncate(offsetBytes)
      return new FilesystemWriter(options, place, handle, offsetBytes)
    } catch (error) {
      await handle?.close().catch(() => {})
      await place?.leave()
      throw storeErrorOf(error, options.storeId)
    }
  }

  /** See {@link Store.adoptFile}; throws what the file system does. */
  static async adopt(options: FilesystemWriterOptions, path: string): Promise<FilesystemWriter> {
    const { folder, imageId, attemptId } = options
    const place = await folder.enter()
    try {
      options.signal.throwIfAborted()
      const partial = place.paths.partial(imageId, attemptId)
      await folder.calls.link(path, partial)
      const handle = await folder.calls.open(partial, constants.O_WRONLY)
      return new FilesystemWriter(options, place, handle, await handle.size())
    } catch (error) {
      await place.leave()
      throw error
    }
  }

  async flush(): Promise<void> {
    try {
      await this.#open().sync()
    } catch (error) {
      throw this.#failure(error)
    }
  }

  async pause(): Promise<void> {
    await this.#close().catch(() => {})
    await this.#leave()
  }

  async write(chunk: Uint8Array): Promise<void> {
    const handle = this.#open()
    try {
      let done = 0
      while (done < chunk.byteLength) {
        this.options.signal.throwIfAborted()
        const { bytesWritten } = await handle.write(chunk, done, chunk.byteLength - done, this.#position)
        done += bytesWritten
        this.#position += bytesWritten
      }
      this.#endsInHole = false
      this.#unsyncedBytes += chunk.byteLength
      if (this.options.folder.isOnMount && this.#unsyncedBytes >= SYNC_EVERY_BYTES) {
        await handle.sync()
        this.#unsyncedBytes = 0
      }
    } catch (error) {
      throw this.#failure(error)
    }
  }

  async skip(lengthBytes: number): Promise<void> {
    if (this.options.sparse) {
      this.#position += lengthBytes
      this.#endsInHole = lengthBytes > 0 || this.#endsInHole
      return
    }
    for (let left = lengthBytes; left > 0; left -= zeros.byteLength) {
      await this.write(left < zeros.byteLength ? zeros.subarray(0, left) : zeros)
    }
  }

  async commit(): Promise<BlobLocation> {
    const { folder, imageId, attemptId, filePermissions } = this.options
    const [handle, place] = [this.#open(), this.#entered()]
    const { paths } = place
    try {
      if (this.#endsInHole) await handle.truncate(this.#position)
      if (filePermissions !== undefined) await handle.chmod(filePermissions)
      await handle.sync()
      await this.#close()
      await place.confirm()
      if (await this.options.isElsewhere()) throw objectExists(imageId)
      // link, unlike rename, never replaces a file that is there.
      await folder.calls.link(paths.partial(imageId, attemptId), paths.final(imageId))
      this.#isLinked = true
      await syncFolder(folder.calls, paths.root)
      if (folder.isOnMount) await place.confirm()
      await this.#leave()
      return { storeId: this.options.storeId, url: folder.paths.url(imageId) }
    } catch (error) {
      if (systemErrorOf(error)?.code === 'EEXIST') throw objectExists(imageId, error)
      throw this.#failure(error)
    }
  }

  async settle(): Promise<void> {
    const { folder, imageId, attemptId } = this.options
    await folder.within((paths) => unlinkIfThere(folder.calls, paths.partial(imageId, attemptId))).catch(() => {})
  }

  async abort(): Promise<void> {
    const { folder, imageId, attemptId } = this.options
    const { calls } = folder
    await this.#close().catch(() => {})
    try {
      this.#place ??= await folder.enter()
      const { paths } = this.#place
      const partial = paths.partial(imageId, attemptId)
      // Without its partial name the attempt was cleared by somebody else, and the final name may be another's.
      if (this.#isLinked) {
        await calls.status(partial)
        await unlinkIfThere(calls, paths.final(imageId))
      }
      await unlinkIfThere(calls, partial)
    } catch {
      // What could not be removed now is found by its name later.
    } finally {
      await this.#leave()
    }
  }

  #open(): OpenFile {
    if (this.#handle === undefined) throw apiError('store_unavailable', { detail: { reason: 'the writer is closed' } })
    return this.#handle
  }

  #entered(): Place {
    if (this.#place === undefined) throw apiError('store_unavailable', { detail: { reason: 'the writer is closed' } })
    return this.#place
  }

  async #leave(): Promise<void> {
    const place = this.#place
    this.#place = undefined
    await place?.leave()
  }

  async #close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  #failure(error: unknown): unknown {
    return this.options.signal.aborted ? this.options.signal.reason : storeErrorOf(error, this.options.storeId)
  }
}

function objectExists(imageId: string, cause?: unknown) {
  return apiError('store_object_exists', { public: `The store already holds data for image ${imageId}.`, cause })
}

export async function unlinkIfThere(calls: FileCalls, path: string): Promise<void> {
  try {
    await calls.unlink(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

export async function syncFolder(calls: FileCalls, path: string): Promise<void> {
  const folder = await calls.open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
