import { type BigIntStats, constants } from 'node:fs'
import { access, chmod, mkdir, opendir, stat, statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { fileUrl } from '@/lib/stores/location-uri'
import type { BlobLocation, BlobReader, BlobWriter, OpenWriterOptions, Store, StoredBlob } from '@/lib/stores/store'
import { isMissing, storeErrorOf } from './filesystem-errors'
import { FilesystemPaths } from './filesystem-paths'
import { FilesystemReader } from './filesystem-reader'
import { FilesystemWriter, unlinkIfThere } from './filesystem-writer'

export interface FilesystemStoreOptions {
  readonly id: string
  /** absolute folder; made when absent */
  readonly path: string
  readonly description: string | null
  readonly weight: number
  readonly sparse: boolean
  readonly filePermissions?: number
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Keeps each image as one file named by its id, as Glance's file store does. Needs hard links. */
export class FilesystemStore implements Store {
  readonly kind = 'filesystem'
  readonly id: string
  readonly description: string | null
  readonly weight: number
  readonly capabilities
  readonly #paths: FilesystemPaths
  /** the device that the folder was on when first seen */
  #device: bigint | undefined

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
    this.#paths = new FilesystemPaths(resolve(options.path))
  }

  openWriter(imageId: string, { attemptId, signal }: OpenWriterOptions): Promise<BlobWriter> {
    return FilesystemWriter.open({
      storeId: this.id,
      paths: this.#paths,
      imageId,
      attemptId,
      signal,
      sparse: this.options.sparse,
      filePermissions: this.options.filePermissions,
      checkFolder: () => this.#checkFolder(),
    })
  }

  async openReader(
    location: BlobLocation,
    options: { offset?: number; length?: number; signal: AbortSignal },
  ): Promise<BlobReader> {
    return await FilesystemReader.open(this.id, this.#paths.ofUrl(location.url), options)
  }

  async stat(location: BlobLocation): Promise<{ sizeBytes: number }> {
    const path = this.#paths.ofUrl(location.url)
    return this.#mapped(async () => ({ sizeBytes: (await stat(path)).size }))
  }

  async delete(location: BlobLocation): Promise<void> {
    const path = this.#paths.ofUrl(location.url)
    await this.#mapped(async () => {
      await this.#checkFolder()
      await unlinkIfThere(path)
    })
  }

  async discardAttempt(imageId: string, attemptId: string, options: { keepCommitted: boolean }): Promise<void> {
    const partialPath = this.#paths.partial(imageId, attemptId)
    const finalPath = this.#paths.final(imageId)
    await this.#mapped(async () => {
      await this.#checkFolder()
      const partial = await statIfThere(partialPath)
      if (partial === undefined) return
      if (!options.keepCommitted) {
        const final = await statIfThere(finalPath)
        // The final file is the attempt's own only when both names are links to one file.
        if (final !== undefined && isSameFile(partial, final)) await unlinkIfThere(finalPath)
      }
      await unlinkIfThere(partialPath)
    })
  }

  async *list(options: { signal: AbortSignal; partialOnly?: boolean }): AsyncGenerator<StoredBlob> {
    try {
      await this.#checkFolder()
      for await (const { name, status } of filesIn(this.#paths.partialFolder, options.signal)) {
        const attempt = this.#paths.attemptOf(name)
        if (attempt !== undefined) yield { state: 'partial', ...attempt, ...sizeAndAge(status) }
      }
      if (options.partialOnly) return
      for await (const { name, status } of filesIn(this.#paths.root, options.signal)) {
        const imageId = uuidPattern.test(name) ? name : null
        yield { state: 'committed', url: fileUrl(`${this.#paths.root}/${name}`), imageId, ...sizeAndAge(status) }
      }
    } catch (error) {
      throw storeErrorOf(error, this.id)
    }
  }

  async probe(): Promise<{ writable: boolean; freeBytes?: number; reason?: string }> {
    try {
      await this.#checkFolder()
      await access(this.#paths.partialFolder, constants.W_OK | constants.X_OK)
      await access(this.#paths.root, constants.W_OK | constants.X_OK)
      const { bavail, bsize } = await statfs(this.#paths.root)
      return { writable: true, freeBytes: bavail * bsize }
    } catch (error) {
      const known = storeErrorOf(error, this.id)
      return { writable: false, reason: known.message }
    }
  }

  detail(): Record<string, string | number | boolean> {
    return { data_dir: this.#paths.root, chunk_size: 65_536, thin_provisioning: this.options.sparse }
  }

  /**
   * Makes the folder at first use; later refuses to go on when another file system lies there: after a lost mount the
   * bare folder below it would take the bytes.
   */
  async #checkFolder(): Promise<void> {
    if (this.#device === undefined) await this.#makeFolders()
    const { dev } = await stat(this.#paths.root, { bigint: true })
    this.#device ??= dev
    if (dev !== this.#device) {
      throw apiError('store_unavailable', {
        public: `Store ${this.id} is unavailable: its file system is no longer mounted`,
        detail: { storeId: this.id },
      })
    }
  }

  async #makeFolders(): Promise<void> {
    await mkdir(this.#paths.partialFolder, { recursive: true, mode: 0o750 })
    const forOthers = (this.options.filePermissions ?? 0) & 0o077
    if (forOthers === 0) return
    // Whoever may read the blobs must be able to reach them.
    const reach = ((forOthers & 0o070) !== 0 ? 0o010 : 0) | ((forOthers & 0o007) !== 0 ? 0o001 : 0)
    const { mode } = await stat(this.#paths.root)
    await chmod(this.#paths.root, (mode & 0o7777) | reach)
  }

  async #mapped<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      throw isApiError(error) ? error : storeErrorOf(error, this.id)
    }
  }
}

async function* filesIn(folder: string, signal: AbortSignal): AsyncGenerator<{ name: string; status: BigIntStats }> {
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    signal.throwIfAborted()
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const status = await statIfThere(`${folder}/${entry.name}`)
    if (status !== undefined) yield { name: entry.name, status }
  }
}

async function statIfThere(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Some network and FUSE file systems number each name on its own, hence the second way. */
function isSameFile(a: BigIntStats, b: BigIntStats): boolean {
  if (a.dev !== b.dev || a.nlink < 2n || b.nlink < 2n) return false
  return a.ino === b.ino || (a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs)
}

function sizeAndAge(status: BigIntStats): { sizeBytes: number; modifiedAt: Date } {
  return { sizeBytes: Number(status.size), modifiedAt: status.mtime }
}
