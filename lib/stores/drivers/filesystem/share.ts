import { constants } from 'node:fs'
import { relative } from 'node:path'
import { apiError } from '@/lib/errors/api-error'
import type { FileCalls, OpenFile } from './file-calls'
import { isMissing, systemErrorOf } from './filesystem-errors'
import { FilesystemPaths } from './filesystem-paths'
import { currentMounts, mountAt } from './mounts'
import { checkMarker, knownMarker, type MarkerBook } from './share-marker'

/** A folder as it is reached for one piece of work. */
export interface Place {
  readonly paths: FilesystemPaths
  /** Throws `store_unavailable` when what was written here is no longer where the folder is. */
  confirm(): Promise<void>
  /** Owed by whoever entered; never throws. */
  leave(): Promise<void>
}

export interface ShareOptions {
  readonly storeId: string
  readonly folder: string
  /** the folder itself, or one above it */
  readonly mountPoint: string
  readonly calls: FileCalls
  readonly book: MarkerBook
  /** Makes what the store needs in its folder; called for every new mount. */
  readonly prepare: (paths: FilesystemPaths) => Promise<void>
}

const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY

/**
 * A folder that must lie on a mount. It is entered by opening the mount and asking the kernel whether that is what is
 * mounted there now, then by the marker on it. Everything is reached through the opened folder, not by its path: when
 * the mount is lost a moment later, the calls go to the lost share or fail, never to the folder beneath.
 */
export class Share {
  #marker: string | undefined
  /** the mount that was prepared */
  #preparedId: string | undefined

  constructor(private readonly options: ShareOptions) {}

  async enter(): Promise<Place> {
    const mountId = this.#mountedId()
    const root = await this.#openRoot(mountId)
    try {
      const paths = new FilesystemPaths(`/proc/self/fd/${root.fd}`)
      const { calls, storeId, folder, book } = this.options
      const prepare = () => this.options.prepare(paths)
      const place = { calls, storeId, folder, paths, prepare }
      if (this.#marker === undefined) this.#marker = await knownMarker(place, book)
      else await checkMarker(place, this.#marker)
      if (this.#preparedId !== mountId) await prepare()
      this.#preparedId = mountId
      return {
        paths,
        confirm: async () => {
          if (this.#mountedId() !== mountId) throw this.#notMounted('another mount lies there now')
        },
        leave: () => root.close().catch(() => {}),
      }
    } catch (error) {
      await root.close().catch(() => {})
      throw error
    }
  }

  async #openRoot(mountId: string): Promise<OpenFile> {
    const { calls, mountPoint, folder, book, storeId } = this.options
    const top = await this.#openFolder(mountPoint, mountId)
    const below = relative(mountPoint, folder)
    if (below === '') return top
    try {
      const path = `/proc/self/fd/${top.fd}/${below}`
      // On a share that was known before it is there, or this is another share, which is left as it is.
      const isNew = this.#marker === undefined && (await book.recall(storeId, folder)) === undefined
      if (isNew) await calls.makeFolder(path, 0o750)
      return await this.#openFolder(path, mountId)
    } finally {
      await top.close().catch(() => {})
    }
  }

  /** Throws unless what was opened lies on the mount with this id. */
  async #openFolder(path: string, mountId: string): Promise<OpenFile> {
    const { calls } = this.options
    let opened: OpenFile | undefined
    try {
      opened = await calls.open(path, OPEN_FOLDER)
      const [, id] = /^mnt_id:\s*(\d+)$/m.exec(await calls.readText(`/proc/self/fdinfo/${opened.fd}`)) ?? []
      if (id !== mountId) throw this.#notMounted('the folder is not on the mount')
      return opened
    } catch (error) {
      await opened?.close().catch(() => {})
      // A missing folder must not look like a missing blob.
      if (isMissing(error) || systemErrorOf(error)?.code === 'ENOTDIR') throw this.#notMounted('the folder is missing')
      throw error
    }
  }

  #mountedId(): string {
    const mount = mountAt(currentMounts(), this.options.mountPoint)
    if (mount === undefined) throw this.#notMounted('nothing is mounted')
    return mount.id
  }

  #notMounted(reason: string): Error {
    const { storeId, folder, mountPoint } = this.options
    return apiError('store_unavailable', {
      public: `Store ${storeId} is unavailable: its file system is not mounted`,
      detail: { storeId, folder, mountPoint, reason },
    })
  }
}
