import { stat } from 'node:fs/promises'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { logger } from '@/lib/runtime/logger'
import type { BlobLocation, BlobReader, BlobWriter, OpenWriterOptions, Store, StoredBlob } from '@/lib/stores/store'
import { storeErrorOf } from './filesystem-errors'
import type { FilesystemFolder } from './filesystem-folder'
import { FilesystemReader } from './filesystem-reader'
import { FilesystemWriter } from './filesystem-writer'
import { type FolderSettings, foldersWithRoom, openFolders } from './folder-choice'

export interface FilesystemStoreOptions {
  readonly id: string
  readonly folders: FolderSettings['folders']
  readonly description: string | null
  readonly weight: number
  readonly sparse: boolean
  readonly filePermissions?: number
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
    this.#folders = openFolders({ ...options, storeId: options.id, filePermissions: options.filePermissions })
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

  async openReader(
    location: BlobLocation,
    options: { offset?: number; length?: number; signal: AbortSignal },
  ): Promise<BlobReader> {
    return await FilesystemReader.open(this.id, this.#find(location).path, options)
  }

  async stat(location: BlobLocation): Promise<{ sizeBytes: number }> {
    const { path } = this.#find(location)
    return this.#mapped(async () => ({ sizeBytes: (await stat(path)).size }))
  }

  async delete(location: BlobLocation): Promise<void> {
    const { folder, path } = this.#find(location)
    await this.#mapped(() => folder.delete(path))
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
  async probe(): Promise<{ writable: boolean; freeBytes?: number; reason?: string }> {
    const free = new Map<bigint, number>()
    let reason: string | undefined
    for (const folder of this.#folders) {
      try {
        await folder.checkWritable()
        const { device, freeBytes } = await folder.room()
        free.set(device, freeBytes)
      } catch (error) {
        reason ??= storeErrorOf(error, this.id).message
      }
    }
    const freeBytes = [...free.values()].reduce((sum, bytes) => sum + bytes, 0)
    return { writable: free.size > 0, ...(free.size > 0 && { freeBytes }), ...(reason !== undefined && { reason }) }
  }

  detail(): Record<string, string | number | boolean> {
    const roots = this.#folders.map(({ paths }) => paths.root)
    return { data_dir: roots.join(','), chunk_size: 65_536, thin_provisioning: this.options.sparse }
  }

  #openWriterIn(
    folder: FilesystemFolder,
    imageId: string,
    { attemptId, signal }: OpenWriterOptions,
  ): Promise<BlobWriter> {
    return FilesystemWriter.open({
      storeId: this.id,
      paths: folder.paths,
      imageId,
      attemptId,
      signal,
      sparse: this.options.sparse,
      filePermissions: this.options.filePermissions,
      checkFolder: () => folder.check(),
      isElsewhere: () => this.#holdsOutside(folder, imageId),
    })
  }

  async #holdsOutside(folder: FilesystemFolder, imageId: string): Promise<boolean> {
    const others = this.#folders.filter((other) => other !== folder)
    // One that cannot be read must not keep data out of the others: nothing in it is replaced.
    return (await Promise.all(others.map((other) => other.holds(imageId).catch(() => false)))).includes(true)
  }

  #find({ url }: BlobLocation): { folder: FilesystemFolder; path: string } {
    for (const folder of this.#folders) {
      const path = folder.paths.ofUrl(url)
      if (path !== undefined) return { folder, path }
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
