import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** What one transfer can carry; image bytes come in pieces of this size. */
export const SLOT_BYTES = 1024 * 1024
const SLOTS = 16
const FOLDER = '/dev/shm'
// Node has no name for it: a file without one, which is gone with the last process that has it open.
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY

/**
 * Memory that this process shares with a helper, as a file in memory: a socket would hand image bytes over in small
 * pieces, with a change of process for each. Its calls never hang.
 */
export class HelperMemory {
  readonly #free = Array.from({ length: SLOTS }, (_, index) => index)

  private constructor(private readonly file: FileHandle) {}

  /** Undefined where there is no such memory, or not enough: all of it is taken at once, so that none lacks later. */
  static async make(): Promise<HelperMemory | undefined> {
    let file: FileHandle | undefined
    try {
      file = await open(FOLDER, O_TMPFILE | constants.O_RDWR, 0o600)
      const memory = new HelperMemory(file)
      for (const slot of memory.#free) await memory.put(slot * SLOT_BYTES, Buffer.alloc(SLOT_BYTES))
      return memory
    } catch {
      await file?.close().catch(() => {})
      return undefined
    }
  }

  /** Where another process of this user can open it. */
  get path(): string {
    return `/proc/${process.pid}/fd/${this.file.fd}`
  }

  /** A position that nobody else uses until it is given back; undefined when all are in use. */
  take(): number | undefined {
    const slot = this.#free.pop()
    return slot === undefined ? undefined : slot * SLOT_BYTES
  }

  give(position: number): void {
    this.#free.push(position / SLOT_BYTES)
  }

  async put(position: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      const { bytesWritten } = await this.file.write(bytes, done, bytes.byteLength - done, position + done)
      done += bytesWritten
    }
  }

  async fetch(position: number, target: Uint8Array): Promise<void> {
    for (let done = 0; done < target.byteLength; ) {
      const { bytesRead } = await this.file.read(target, done, target.byteLength - done, position + done)
      if (bytesRead === 0) throw new Error('the memory shared with the file helper is too short')
      done += bytesRead
    }
  }

  /** Ends after what is under way. */
  async close(): Promise<void> {
    await this.file.close().catch(() => {})
  }
}
