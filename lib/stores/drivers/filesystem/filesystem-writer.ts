import { constants } from 'node:fs'
import { type FileHandle, link, open, stat, unlink } from 'node:fs/promises'
import { apiError } from '@/lib/errors/api-error'
import type { BlobLocation, BlobWriter } from '@/lib/stores/store'
import { isMissing, storeErrorOf, systemErrorOf } from './filesystem-errors'
import type { FilesystemPaths } from './filesystem-paths'

export interface FilesystemWriterOptions {
  readonly storeId: string
  readonly paths: FilesystemPaths
  readonly imageId: string
  readonly attemptId: string
  readonly sparse: boolean
  /** file mode of the finished blob; undefined leaves it to the process's umask */
  readonly filePermissions: number | undefined
  readonly signal: AbortSignal
  /** throws when the folder is no longer the one seen at start, as after a lost mount */
  readonly checkFolder: () => Promise<void>
  /** whether another folder of the store has a blob of the image */
  readonly isElsewhere: () => Promise<boolean>
}

const zeros = Buffer.alloc(1024 * 1024)

/**
 * Writes to `.partial/<imageId>.<attemptId>` and links the finished file to its final name. The partial name stays
 * beside it until the location is recorded: a second link costs no room, and proves whose blob it is after a crash.
 */
export class FilesystemWriter implements BlobWriter {
  #position = 0
  #endsInHole = false
  #isLinked = false
  #handle: FileHandle | undefined

  private constructor(
    private readonly options: FilesystemWriterOptions,
    handle: FileHandle,
  ) {
    this.#handle = handle
  }

  static async open(options: FilesystemWriterOptions): Promise<FilesystemWriter> {
    try {
      await options.checkFolder()
      options.signal.throwIfAborted()
      const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY
      const handle = await open(options.paths.partial(options.imageId, options.attemptId), flags, 0o640)
      return new FilesystemWriter(options, handle)
    } catch (error) {
      throw storeErrorOf(error, options.storeId)
    }
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
    const { paths, imageId, attemptId, filePermissions } = this.options
    const handle = this.#open()
    try {
      if (this.#endsInHole) await handle.truncate(this.#position)
      if (filePermissions !== undefined) await handle.chmod(filePermissions)
      await handle.sync()
      await this.#close()
      await this.options.checkFolder()
      if (await this.options.isElsewhere()) throw objectExists(imageId)
      // link, unlike rename, never replaces a file that is there.
      await link(paths.partial(imageId, attemptId), paths.final(imageId))
      this.#isLinked = true
      await syncFolder(paths.root)
      return { storeId: this.options.storeId, url: paths.url(imageId) }
    } catch (error) {
      if (systemErrorOf(error)?.code === 'EEXIST') throw objectExists(imageId, error)
      throw this.#failure(error)
    }
  }

  async settle(): Promise<void> {
    await unlinkIfThere(this.options.paths.partial(this.options.imageId, this.options.attemptId)).catch(() => {})
  }

  async abort(): Promise<void> {
    const { paths, imageId, attemptId } = this.options
    await this.#close().catch(() => {})
    const partial = paths.partial(imageId, attemptId)
    try {
      // Without its partial name the attempt was cleared by somebody else, and the final name may be another's.
      if (this.#isLinked) {
        await stat(partial)
        await unlinkIfThere(paths.final(imageId))
      }
      await unlinkIfThere(partial)
    } catch {
      // What could not be removed now is found by its name later.
    }
  }

  #open(): FileHandle {
    if (this.#handle === undefined) throw apiError('store_unavailable', { detail: { reason: 'the writer is closed' } })
    return this.#handle
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

export async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
