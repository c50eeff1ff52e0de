import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import type { FileCalls, FileStatus, OpenFile } from './file-calls'
import { FileHelper, type HelperRequest } from './file-helper'
import { currentMounts, mountOf } from './mounts'

export interface HelperCallsOptions {
  readonly storeId: string
  /** the folder that the calls are about */
  readonly path: string
  /** what a single call may take */
  readonly timeoutMs: number
}

const openedSchema = z.object({ file: z.number(), fd: z.number() })
const statusSchema = z.array(z.coerce.bigint()).length(7)
const namesSchema = z.object({ names: z.array(z.string()), isEnd: z.boolean() })

/**
 * File calls through a helper process, for folders whose file system may hang. While a helper that was given up still
 * hangs, calls about the same mount fail at once: each new helper would hang like it. It dies as soon as the file
 * system lets go of it, and the next call starts another; so does one about another mount at the same place.
 */
export class HelperCalls implements FileCalls {
  #helper: FileHelper | undefined
  /** mounts that helpers hang on */
  readonly #hanging = new Map<FileHelper, string | undefined>()

  constructor(private readonly options: HelperCallsOptions) {}

  /** The process that makes the calls now; for tests. */
  get pid(): number | undefined {
    return this.#helper?.isRunning ? this.#helper.pid : undefined
  }

  async open(path: string, flags: number, mode?: number): Promise<OpenFile> {
    const helper = this.#running()
    const opened = await helper.call({ call: 'open', path, flags, mode })
    const { file, fd } = openedSchema.parse(opened)
    return {
      fd,
      read: async (target, offset, length, position) => {
        const part = target.subarray(offset, offset + length)
        return { bytesRead: z.number().parse(await helper.read(file, part, position)) }
      },
      write: async (chunk, offset, length, position) => {
        const bytes = chunk.subarray(offset, offset + length)
        return { bytesWritten: z.number().parse(await helper.write(file, bytes, position)) }
      },
      truncate: async (length) => void (await helper.call({ call: 'truncate', file, length })),
      chmod: async (fileMode) => void (await helper.call({ call: 'chmodFile', file, mode: fileMode })),
      sync: async () => void (await helper.call({ call: 'sync', file })),
      size: async () => z.number().parse(await helper.call({ call: 'size', file })),
      // With the process its files are closed too.
      close: async () => void (helper.isRunning && (await helper.call({ call: 'close', file }))),
    }
  }

  async status(path: string): Promise<FileStatus> {
    const values = statusSchema.parse(await this.#call({ call: 'status', path }))
    const [dev = 0n, ino = 0n, mode = 0n, nlink = 0n, size = 0n, mtimeNs = 0n, ctimeNs = 0n] = values
    return { dev, ino, mode, nlink, size, mtimeNs, ctimeNs }
  }

  async freeBytes(path: string): Promise<number> {
    return z.number().parse(await this.#call({ call: 'freeBytes', path }))
  }

  async access(path: string, mode: number): Promise<void> {
    await this.#call({ call: 'access', path, mode })
  }

  async chmod(path: string, mode: number): Promise<void> {
    await this.#call({ call: 'chmod', path, mode })
  }

  async makeFolder(path: string, mode: number): Promise<void> {
    await this.#call({ call: 'makeFolder', path, mode })
  }

  async link(path: string, newPath: string): Promise<void> {
    await this.#call({ call: 'link', path, newPath })
  }

  async unlink(path: string): Promise<void> {
    await this.#call({ call: 'unlink', path })
  }

  async readText(path: string): Promise<string> {
    return z.string().parse(await this.#call({ call: 'readText', path }))
  }

  async *names(folder: string): AsyncGenerator<readonly string[]> {
    const helper = this.#running()
    const file = z.number().parse(await helper.call({ call: 'openNames', path: folder }))
    try {
      for (;;) {
        const { names, isEnd } = namesSchema.parse(await helper.call({ call: 'nextNames', file }))
        if (names.length > 0) yield names
        if (isEnd) return
      }
    } finally {
      if (helper.isRunning) await helper.call({ call: 'close', file })
    }
  }

  async close(): Promise<void> {
    this.#helper?.stop()
  }

  async #call(request: HelperRequest): Promise<unknown> {
    return await this.#running().call(request)
  }

  #running(): FileHelper {
    if (this.#helper?.isRunning) return this.#helper
    const mountId = this.#hanging.size === 0 ? undefined : this.#mountId()
    if (this.#hanging.size > 0 && [...this.#hanging.values()].includes(mountId)) throw this.#silence()
    const helper = new FileHelper(this.options.timeoutMs, () => {
      this.#giveUp(helper)
      return this.#silence()
    })
    this.#helper = helper
    return helper
  }

  #giveUp(helper: FileHelper): void {
    const { storeId } = this.options
    this.#hanging.set(helper, this.#mountId())
    helper.exited.then(
      () => this.#hanging.delete(helper),
      () => {},
    )
    metrics().storeHangs.inc({ store: storeId })
    logger().error({ event: 'store.hangs', storeId, pid: helper.pid }, 'a file system does not answer')
  }

  #mountId(): string | undefined {
    return mountOf(currentMounts(), this.options.path)?.id
  }

  #silence(): Error {
    const { storeId } = this.options
    return apiError('store_unavailable', {
      public: `Store ${storeId} is unavailable: its file system does not answer`,
      detail: { storeId },
    })
  }
}
