import { availableParallelism } from 'node:os'
import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { type DigestStream, DigestThread } from './digest-thread'

export const SLOT_BYTES = 1024 * 1024
/** All uploads of the process share these slots; they bound the memory that uploads take together. */
const SLOT_COUNT = 48
const THREADS_MAX = 4
/** How long an upload waits for a slot before slower ones are asked for theirs. */
const PATIENCE_MS = 50

/** A piece of the memory that this thread fills and hash threads read. */
export interface Slot {
  readonly index: number
  readonly bytes: Buffer
}

/** Something that holds a slot it could give up early, as an upload that waits for a slow client does. */
export interface SlotHolder {
  yieldSlot(): void
}

/** The process's hash threads and the slots that they read. */
export function digestPool(): DigestPool {
  return processSingleton('digest-pool', () => {
    const wanted = config().uploads.hashWorkers
    return new DigestPool(wanted > 0 ? wanted : Math.min(availableParallelism(), THREADS_MAX))
  })
}

/**
 * Hashing in threads over shared slots. MD5 and SHA-512 together take more than two CPU seconds per GiB, which would
 * fill the event loop; the slots alone give the back-pressure.
 */
export class DigestPool {
  readonly #free: Slot[]
  readonly #queue: ((slot: Slot) => void)[] = []
  readonly #holders = new Set<SlotHolder>()
  readonly #threads: readonly DigestThread[]
  #pressure: NodeJS.Timeout | undefined

  constructor(threadCount: number, slotCount = SLOT_COUNT) {
    const memory = new SharedArrayBuffer(slotCount * SLOT_BYTES)
    this.#free = Array.from({ length: slotCount }, (_, index) => ({
      index,
      bytes: Buffer.from(memory, index * SLOT_BYTES, SLOT_BYTES),
    }))
    this.#threads = Array.from({ length: threadCount }, () => new DigestThread(memory, SLOT_BYTES))
  }

  get freeSlots(): number {
    return this.#free.length
  }

  /** Waits for a free slot, first come first served; those who only wait for their clients are asked for theirs. */
  take(): Promise<Slot> {
    const slot = this.#free.pop()
    if (slot !== undefined) return Promise.resolve(slot)
    return new Promise((resolve) => {
      this.#queue.push(resolve)
      this.#pressure ??= setTimeout(() => this.#relieve(), PATIENCE_MS)
    })
  }

  give(slot: Slot): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#free.push(slot)
    else next(slot)
  }

  /** Says that the holder waits with a slot that is only partly filled, until it withdraws. */
  offer(holder: SlotHolder): void {
    this.#holders.add(holder)
  }

  withdraw(holder: SlotHolder): void {
    this.#holders.delete(holder)
  }

  #relieve(): void {
    this.#pressure = undefined
    if (this.#queue.length === 0) return
    for (const holder of [...this.#holders]) {
      this.#holders.delete(holder)
      holder.yieldSlot()
    }
    this.#pressure = setTimeout(() => this.#relieve(), PATIENCE_MS)
  }

  /** Starts a hash on the thread that has least to do. */
  start(algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512'): DigestStream {
    const [first, ...others] = this.#threads
    if (first === undefined) throw apiError('internal')
    return others.reduce((least, thread) => (thread.load < least.load ? thread : least), first).start(algorithm)
  }

  async close(): Promise<void> {
    clearTimeout(this.#pressure)
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}
