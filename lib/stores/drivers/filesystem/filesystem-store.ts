import { apiError, isApiError } from '@/lib/errors/api-error'
import { logger } from '@/lib/runtime/logger'
import type {
  BlobLocation,
  BlobReader,
  BlobWriter,
  OpenWriterOptions,
  ProbeResult,
  ResumingStore,
  Store,
  StoredBlob,
} from '@/lib/stores/store'
import { isMisconfiguration, isMissing, storeErrorOf, systemErrorOf } from './filesystem-errors'
import type { FilesystemFolder, FolderRules } from './filesystem-folder'
import { FilesystemReader } from './filesystem-reader'
import { FilesystemWriter, type FilesystemWriterOptions } from './filesystem-writer'
import { type FolderSettings, foldersWithRoom, openFolders } from './folder-choice'

export interface FilesystemStoreOptions extends Omit<FolderRules, 'storeId'> {
  readonly id: string
  readonly folders: FolderSettings['folders']
  readonly description: string | null
  readonly weight: number
  readonly sparse: boolean
}

/**
 * Keeps each image as one file named by its id, as Glance's file store does. Needs hard links. With several folders a
 * new image goes where the highest priority has room, and of equals where most is free; a known size must fit.
 */
export class FilesystemStore implements Store {
  readonly kind = 'filesystem'
  readonly id: string
  readonly description: string | null
  readonly weight: number
  readonly capabilities
  /** highest priority first */
  readonly #folders: readonly FilesystemFolder[]

  constructor(private readonly options: FilesystemStoreOptions) {
    this.id = options.id
    this.description = options.description
    this.weight = options.weight
    this.capabilities = {
      write: true,
      range: true,
      sparse: options.sparse,
      directUrl: true,
      fastCopy: false,
      acl: false,
    } as const
    const { id: storeId, folders, filePermissions, mount, markers, useHelper, callTimeoutMs } = options
    this.#folders = openFolders({
      storeId,
      folders,
      ...(filePermissions !== undefined && { filePermissions }),
      ...(mount !== undefined && { mount }),
      ...(markers !== undefined && { markers }),
      ...(useHelper !== undefined && { useHelper }),
      ...(callTimeoutMs !== undefined && { callTimeoutMs }),
    })
  }

  async openWriter(imageId: string, options: OpenWriterOptions): Promise<BlobWriter> {
    const [only, ...others] = this.#folders
    if (only !== undefined && others.length === 0) return this.#openWriterIn(only, imageId, options)
    let failure: unknown
    const pass = (folder: FilesystemFolder, error: unknown) => {
      logger().warn({ err: error, storeId: this.id, folder: folder.paths.root }, 'a folder takes no data now')
      failure ??= error
    }
    for await (const folder of foldersWithRoom(this.#folders, options.sizeBytes ?? 0, pass)) {
      try {
        return await this.#openWriterIn(folder, imageId, options)
      } catch (error) {
        options.signal.throwIfAborted()
        pass(folder, error)
      }
    }
    if (failure !== undefined) throw storeErrorOf(failure, this.id)
    throw apiError('store_full', { public: `Image storage media is full: no space left in ${this.id}` })
  }

  /** Only holes of a sparse store may stay holes, and a mount is another file system. */
  async adoptFile(imageId: string, path: string, options: OpenWriterOptions): Promise<BlobWriter | undefined> {
    const [folder, ...others] = this.#folders
    if (folder === undefined || others.length > 0 || folder.isOnMount || !this.options.sparse) return undefined
    try {
      return await FilesystemWriter.adopt(this.#writerOptions(folder, imageId, options), path)
    } catch (error) {
      if (['EXDEV', 'EPERM', 'EMLINK', 'ENOENT'].includes(systemErrorOf(error)?.code ?? '')) return undefined
      throw storeErrorOf(error, this.id)
    }
  }

  /** With several folders nobody remembers which one an attempt was given. */
  get resuming(): ResumingStore | undefined {
    const [folder, ...others] = this.#folders
    if (folder === undefined || others.length > 0) return undefined
    return {
      resumeWriter: (imageId, { attemptId, offsetBytes, signal }) =>
        FilesystemWriter.resume(this.#writerOptions(folder, imageId, { attemptId, signal }), offsetBytes),
      holdsAttempt: (imageId, attemptId) => this.#mapped(() => folder.holdsAttempt(imageId, attemptId)),
    }
  }

  async openReader(
    location: BlobLocation,
    options: { offset?: number; length?: number; signal: AbortSignal },
  ): Promise<BlobReader> {
    return await this.#readIn(location, (folder, path) =>
      FilesystemReader.open({ storeId: this.id, calls: folder.calls, path }, options),
    )
  }

  async stat(location: BlobLocation): Promise<{ sizeBytes: number }> {
    return await this.#readIn(location, async (folder, path) => ({
      sizeBytes: Number((await folder.calls.status(path)).size),
    }))
  }

  async delete(location: BlobLocation): Promise<void> {
    const { folder, name } = this.#find(location)
    await this.#mapped(() => folder.delete(name))
  }

  /** Looks into every folder: nobody remembers which one the attempt was given. */
  async discardAttempt(imageId: string, attemptId: string, options: { keepCommitted: boolean }): Promise<void> {
    const results = await Promise.allSettled(
      this.#folders.map((folder) => folder.discardAttempt(imageId, attemptId, options)),
    )
    for (const result of results) {
      if (result.status === 'rejected') throw storeErrorOf(result.reason, this.id)
    }
  }

  /** A folder that cannot be read does not hide the others; its error comes last. */
  async *list(options: { signal: AbortSignal; partialOnly?: boolean }): AsyncGenerator<StoredBlob> {
    const failures: unknown[] = []
    for (const folder of this.#folders) {
      try {
        yield* folder.list(options)
      } catch (error) {
        options.signal.throwIfAborted()
        failures.push(error)
      }
    }
    if (failures.length > 0) throw storeErrorOf(failures[0], this.id)
  }

  /** Writable while one folder is; the reason tells of one that is not. */
  async probe(): Promise<ProbeResult> {
    const free = new Map<bigint, number>()
    const failures: unknown[] = []
    const probed = await Promise.allSettled(
      this.#folders.map(async (folder) => {
        await folder.tryWriting()
        return await folder.room()
      }),
    )
    for (const result of probed) {
      if (result.status === 'fulfilled') free.set(result.value.device, result.value.freeBytes)
      else failures.push(result.reason)
    }
    const reason = failures.length > 0 && storeErrorOf(failures[0], this.id).message
    const freeBytes = [...free.values()].reduce((sum, bytes) => sum + bytes, 0)
    return {
      writable: free.size > 0,
      ...(free.size > 0 && { freeBytes }),
      ...(reason !== false && { reason }),
      ...(free.size === 0 && failures.every(isMisconfiguration) && { isMisconfigured: true }),
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#folders.map((folder) => folder.close()))
  }

  detail(): Record<string, string | number | boolean> {
    const roots = this.#folders.map(({ paths }) => paths.root)
    return { data_dir: roots.join(','), chunk_size: 65_536, thin_provisioning: this.options.sparse }
  }

  #openWriterIn(folder: FilesystemFolder, imageId: string, options: OpenWriterOptions): Promise<BlobWriter> {
    return FilesystemWriter.open(this.#writerOptions(folder, imageId, options))
  }

  #writerOptions(
    folder: FilesystemFolder,
    imageId: string,
    { attemptId, signal }: Pick<OpenWriterOptions, 'attemptId' | 'signal'>,
  ): FilesystemWriterOptions {
    return {
      storeId: this.id,
      folder,
      imageId,
      attemptId,
      signal,
      sparse: this.options.sparse,
      filePermissions: this.options.filePermissions,
      isElsewhere: () => this.#holdsOutside(folder, imageId),
    }
  }

  async #holdsOutside(folder: FilesystemFolder, imageId: string): Promise<boolean> {
    const others = this.#folders.filter((other) => other !== folder)
    // One that cannot be read must not keep data out of the others: nothing in it is replaced.
    return (await Promise.all(others.map((other) => other.holds(imageId).catch(() => false)))).includes(true)
  }

  /** A blob of a lost file system is not missing: it is only out of reach. */
  async #readIn<T>(location: BlobLocation, read: (folder: FilesystemFolder, path: string) => Promise<T>): Promise<T> {
    const { folder, name } = this.#find(location)
    return await this.#mapped(async () => {
      if (folder.isOnMount) return await folder.within((paths) => read(folder, paths.named(name)))
      try {
        return await read(folder, folder.paths.named(name))
      } catch (error) {
        if (isMissing(error)) await folder.check()
        throw error
      }
    })
  }

  #find({ url }: BlobLocation): { folder: FilesystemFolder; name: string } {
    for (const folder of this.#folders) {
      const name = folder.paths.nameIn(url)
      if (name !== undefined) return { folder, name }
    }
    throw apiError('store_object_missing', { detail: { reason: 'the location is not in this store' } })
  }

  async #mapped<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      throw isApiError(error) ? error : storeErrorOf(error, this.id)
    }
  }
}
