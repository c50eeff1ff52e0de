import { type BigIntStats, constants } from 'node:fs'
import { access, chmod, mkdir, opendir, stat, statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import { apiError } from '@/lib/errors/api-error'
import { fileUrl } from '@/lib/stores/location-uri'
import type { StoredBlob } from '@/lib/stores/store'
import { isMissing } from './filesystem-errors'
import { FilesystemPaths } from './filesystem-paths'
import { unlinkIfThere } from './filesystem-writer'

export interface FilesystemFolderOptions {
  readonly storeId: string
  /** made at first use when absent */
  readonly path: string
  readonly priority: number
  readonly filePermissions: number | undefined
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** One folder of a file store, on one file system. Throws what the file system does; the store names it for others. */
export class FilesystemFolder {
  readonly paths: FilesystemPaths
  readonly priority: number
  readonly storeId: string
  /** the device that the folder was on when first seen */
  #device: bigint | undefined

  constructor(private readonly options: FilesystemFolderOptions) {
    this.paths = new FilesystemPaths(resolve(options.path))
    this.priority = options.priority
    this.storeId = options.storeId
  }

  /**
   * Makes the folder at first use; later refuses to go on when another file system lies there: after a lost mount the
   * bare folder below it would take the bytes.
   */
  async check(): Promise<void> {
    await this.#knownDevice()
  }

  /** Throws unless blobs can be written here. */
  async checkWritable(): Promise<void> {
    await this.check()
    await access(this.paths.partialFolder, constants.W_OK | constants.X_OK)
    await access(this.paths.root, constants.W_OK | constants.X_OK)
  }

  /** What is free, and the device it is free on: folders may share one. */
  async room(): Promise<{ freeBytes: number; device: bigint }> {
    const device = await this.#knownDevice()
    const { bavail, bsize } = await statfs(this.paths.root)
    return { freeBytes: bavail * bsize, device }
  }

  async holds(imageId: string): Promise<boolean> {
    return (await statIfThere(this.paths.final(imageId))) !== undefined
  }

  async delete(path: string): Promise<void> {
    await this.check()
    await unlinkIfThere(path)
  }

  async discardAttempt(imageId: string, attemptId: string, options: { keepCommitted: boolean }): Promise<void> {
    const partialPath = this.paths.partial(imageId, attemptId)
    const finalPath = this.paths.final(imageId)
    await this.check()
    const partial = await statIfThere(partialPath)
    if (partial === undefined) return
    if (!options.keepCommitted) {
      const final = await statIfThere(finalPath)
      // The final file is the attempt's own only when both names are links to one file.
      if (final !== undefined && isSameFile(partial, final)) await unlinkIfThere(finalPath)
    }
    await unlinkIfThere(partialPath)
  }

  async *list(options: { readonly signal: AbortSignal; readonly partialOnly?: boolean }): AsyncGenerator<StoredBlob> {
    await this.check()
    for await (const { name, status } of filesIn(this.paths.partialFolder, options.signal)) {
      const attempt = this.paths.attemptOf(name)
      if (attempt !== undefined) yield { state: 'partial', ...attempt, ...sizeAndAge(status) }
    }
    if (options.partialOnly) return
    for await (const { name, status } of filesIn(this.paths.root, options.signal)) {
      const imageId = uuidPattern.test(name) ? name : null
      yield { state: 'committed', url: fileUrl(`${this.paths.root}/${name}`), imageId, ...sizeAndAge(status) }
    }
  }

  async #knownDevice(): Promise<bigint> {
    if (this.#device === undefined) await this.#make()
    const { dev } = await stat(this.paths.root, { bigint: true })
    this.#device ??= dev
    if (dev === this.#device) return dev
    const { storeId } = this
    throw apiError('store_unavailable', {
      public: `Store ${storeId} is unavailable: its file system is no longer mounted`,
      detail: { storeId },
    })
  }

  async #make(): Promise<void> {
    await mkdir(this.paths.partialFolder, { recursive: true, mode: 0o750 })
    const forOthers = (this.options.filePermissions ?? 0) & 0o077
    if (forOthers === 0) return
    // Whoever may read the blobs must be able to reach them.
    const reach = ((forOthers & 0o070) !== 0 ? 0o010 : 0) | ((forOthers & 0o007) !== 0 ? 0o001 : 0)
    const { mode } = await stat(this.paths.root)
    await chmod(this.paths.root, (mode & 0o7777) | reach)
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
