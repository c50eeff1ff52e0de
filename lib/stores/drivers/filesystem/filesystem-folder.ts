import { constants } from 'node:fs'
import { resolve } from 'node:path'
import { apiError } from '@/lib/errors/api-error'
import { fileUrl } from '@/lib/stores/location-uri'
import type { StoredBlob } from '@/lib/stores/store'
import { directCalls, type FileCalls, type FileStatus } from './file-calls'
import { isFull, isMissing } from './filesystem-errors'
import { FilesystemPaths } from './filesystem-paths'
import { unlinkIfThere } from './filesystem-writer'
import { HelperCalls } from './helper-calls'
import { currentMounts, isRemote, mountOf } from './mounts'
import { type Place, Share } from './share'
import type { MarkerBook } from './share-marker'

/** What the folders of one store have in common. */
export interface FolderRules {
  readonly storeId: string
  readonly filePermissions?: number
  /** the mount that the folder must lie on; `folder` when it must be one itself */
  readonly mount?: string | 'folder'
  /** needed with a mount: where its marker is remembered */
  readonly markers?: MarkerBook
  /** Whether calls go through a helper process; by default when a mount is named or the file system may hang. */
  readonly useHelper?: boolean
  /** what one call of a helper may take */
  readonly callTimeoutMs?: number
}

export interface FilesystemFolderOptions extends FolderRules {
  /** made at first use when absent */
  readonly path: string
  readonly priority: number
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const CALL_TIMEOUT_MS = 15_000

/** One folder of a file store, on one file system. Throws what the file system does; the store names it for others. */
export class FilesystemFolder {
  /** by the configured path, as in URLs */
  readonly paths: FilesystemPaths
  readonly priority: number
  readonly storeId: string
  readonly isOnMount: boolean
  #calls: FileCalls | undefined
  #share: Share | undefined
  /** the device that the folder was on when first seen */
  #device: bigint | undefined

  constructor(private readonly options: FilesystemFolderOptions) {
    this.paths = new FilesystemPaths(resolve(options.path))
    this.priority = options.priority
    this.storeId = options.storeId
    this.isOnMount = options.mount !== undefined
  }

  /** How files are reached here; chosen at the first use, when the file system should be there. */
  get calls(): FileCalls {
    this.#calls ??= this.#needsHelper()
      ? new HelperCalls({
          storeId: this.storeId,
          path: this.paths.root,
          timeoutMs: this.options.callTimeoutMs ?? CALL_TIMEOUT_MS,
        })
      : directCalls
    return this.#calls
  }

  /**
   * Where to work in this folder, which is made at first use. Refuses when another file system lies there than before,
   * or none where one must be: after a lost mount the bare folder below it would take the bytes.
   */
  async enter(): Promise<Place> {
    if (this.options.mount !== undefined) return await this.#onMount(this.options.mount).enter()
    await this.#knownDevice()
    return { paths: this.paths, confirm: () => this.check(), leave: async () => {} }
  }

  async within<T>(use: (paths: FilesystemPaths) => Promise<T>): Promise<T> {
    const place = await this.enter()
    try {
      return await use(place.paths)
    } finally {
      await place.leave()
    }
  }

  /** Throws when {@link enter} would. */
  async check(): Promise<void> {
    if (this.isOnMount) await this.within(async () => {})
    else await this.#knownDevice()
  }

  /** Throws unless blobs can be written here: writes a byte that stays, in a file of its own. */
  async tryWriting(): Promise<void> {
    await this.within(async (paths) => {
      await this.calls.access(paths.partialFolder, constants.W_OK | constants.X_OK)
      await this.calls.access(paths.root, constants.W_OK | constants.X_OK)
      try {
        const file = await this.calls.open(paths.probe, constants.O_CREAT | constants.O_WRONLY, 0o640)
        try {
          await file.write(Buffer.of(0x0a), 0, 1, 0)
          await file.sync()
        } finally {
          await file.close()
        }
      } catch (error) {
        // Somebody who makes room finds the store as it was.
        if (!isFull(error)) throw error
      }
    })
  }

  /** What is free, and the device it is free on: folders may share one. */
  async room(): Promise<{ freeBytes: number; device: bigint }> {
    return await this.within(async ({ root }) => {
      const freeBytes = await this.calls.freeBytes(root)
      return { freeBytes, device: (await this.calls.status(root)).dev }
    })
  }

  async holds(imageId: string): Promise<boolean> {
    return await this.within(async (paths) => (await this.#statusIfThere(paths.final(imageId))) !== undefined)
  }

  /** `name` is of a blob, as in its URL. */
  async delete(name: string): Promise<void> {
    await this.within((paths) => unlinkIfThere(this.calls, paths.named(name)))
  }

  async discardAttempt(imageId: string, attemptId: string, options: { keepCommitted: boolean }): Promise<void> {
    await this.within(async (paths) => {
      const partialPath = paths.partial(imageId, attemptId)
      const finalPath = paths.final(imageId)
      const partial = await this.#statusIfThere(partialPath)
      if (partial === undefined) return
      if (!options.keepCommitted) {
        const final = await this.#statusIfThere(finalPath)
        // The final file is the attempt's own only when both names are links to one file.
        if (final !== undefined && isSameFile(partial, final)) await unlinkIfThere(this.calls, finalPath)
      }
      await unlinkIfThere(this.calls, partialPath)
    })
  }

  /** Takes back the commit of an attempt that nobody recorded. */
  async uncommit(paths: FilesystemPaths, imageId: string, attemptId: string): Promise<void> {
    const final = await this.#statusIfThere(paths.final(imageId))
    const partial = final && (await this.#statusIfThere(paths.partial(imageId, attemptId)))
    if (final && partial && isSameFile(partial, final)) await unlinkIfThere(this.calls, paths.final(imageId))
  }

  async holdsAttempt(imageId: string, attemptId: string): Promise<boolean> {
    return await this.within(
      async (paths) => (await this.#statusIfThere(paths.partial(imageId, attemptId))) !== undefined,
    )
  }

  async *list(options: { readonly signal: AbortSignal; readonly partialOnly?: boolean }): AsyncGenerator<StoredBlob> {
    const place = await this.enter()
    try {
      for await (const { name, status } of this.#filesIn(place.paths.partialFolder, options.signal)) {
        const attempt = this.paths.attemptOf(name)
        if (attempt !== undefined) yield { state: 'partial', ...attempt, ...sizeAndAge(status) }
      }
      if (options.partialOnly) return
      for await (const { name, status } of this.#filesIn(place.paths.root, options.signal)) {
        const imageId = uuidPattern.test(name) ? name : null
        yield { state: 'committed', url: fileUrl(`${this.paths.root}/${name}`), imageId, ...sizeAndAge(status) }
      }
    } finally {
      await place.leave()
    }
  }

  async close(): Promise<void> {
    await this.#calls?.close()
  }

  #needsHelper(): boolean {
    const { mount, useHelper } = this.options
    return useHelper ?? (mount !== undefined || isRemote(mountOf(currentMounts(), this.paths.root)))
  }

  #onMount(mount: string): Share {
    const { storeId, paths, options } = this
    if (options.markers === undefined) throw apiError('store_unavailable', { detail: { reason: 'no book of markers' } })
    this.#share ??= new Share({
      storeId,
      folder: paths.root,
      mountPoint: mount === 'folder' ? paths.root : resolve(mount),
      calls: this.calls,
      book: options.markers,
      prepare: (found) => this.#make(found),
    })
    return this.#share
  }

  async #knownDevice(): Promise<void> {
    if (this.#device === undefined) await this.#make(this.paths)
    const { dev } = await this.calls.status(this.paths.root)
    this.#device ??= dev
    if (dev === this.#device) return
    const { storeId } = this
    throw apiError('store_unavailable', {
      public: `Store ${storeId} is unavailable: its file system is no longer mounted`,
      detail: { storeId, folder: this.paths.root },
    })
  }

  async #make(paths: FilesystemPaths): Promise<void> {
    await this.calls.makeFolder(paths.partialFolder, 0o750)
    const forOthers = (this.options.filePermissions ?? 0) & 0o077
    if (forOthers === 0) return
    // Whoever may read the blobs must be able to reach them.
    const reach = ((forOthers & 0o070) !== 0 ? 0o010 : 0) | ((forOthers & 0o007) !== 0 ? 0o001 : 0)
    const mode = Number((await this.calls.status(paths.root)).mode & 0o7777n)
    if ((mode & reach) !== reach) await this.calls.chmod(paths.root, mode | reach)
  }

  async *#filesIn(folder: string, signal: AbortSignal): AsyncGenerator<{ name: string; status: FileStatus }> {
    for await (const names of this.calls.names(folder)) {
      for (const name of names) {
        signal.throwIfAborted()
        const status = await this.#statusIfThere(`${folder}/${name}`)
        if (status !== undefined) yield { name, status }
      }
    }
  }

  async #statusIfThere(path: string): Promise<FileStatus | undefined> {
    try {
      return await this.calls.status(path)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }
}

/** Some network and FUSE file systems number each name on its own, hence the second way. */
function isSameFile(a: FileStatus, b: FileStatus): boolean {
  if (a.dev !== b.dev || a.nlink < 2n || b.nlink < 2n) return false
  return a.ino === b.ino || (a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs)
}

function sizeAndAge({ size, mtimeNs }: FileStatus): { sizeBytes: number; modifiedAt: Date } {
  return { sizeBytes: Number(size), modifiedAt: new Date(Number(mtimeNs / 1_000_000n)) }
}
