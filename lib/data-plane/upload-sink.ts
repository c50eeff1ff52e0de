import type { BlobWriter } from '@/lib/stores/store'
import type { DigestStream } from './digest-thread'
import { type DigestPool, SLOT_BYTES, type Slot, type SlotHolder } from './digests'
import { splitZeroRuns } from './zero-runs'

/** One upload may be this far ahead of the slower of disk and hash. */
const SLOTS_PER_UPLOAD = 8

export interface UploadSinkOptions {
  /** where in the image the first byte belongs; 0 when absent */
  readonly startBytes?: number
  readonly pool: DigestPool
  readonly writer: Pick<BlobWriter, 'write' | 'skip'>
  readonly digests: readonly DigestStream[]
  /** Sees every byte once, in order, before it is stored; may throw to end the upload. The memory is reused after. */
  readonly inspect: (bytes: Uint8Array, position: number) => void
  /** Called when storing or hashing failed while the caller may be waiting for more bytes. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Gathers chunks of any size in slots of 1 MiB; each slot is hashed by threads and written here at the same time, and
 * is free again when both are done. No buffer is made per chunk.
 */
export class UploadSink implements SlotHolder {
  /** of the image, with what came before this sink */
  receivedBytes: number
  /** the image up to here has been given to the writer, and taken */
  storedBytes: number
  #slot: Slot | undefined
  #filled = 0
  #room = 0
  #inFlight = 0
  #failure: { readonly error: unknown } | undefined
  #writing: Promise<void> = Promise.resolve()
  #waiters: (() => void)[] = []

  constructor(private readonly options: UploadSinkOptions) {
    this.receivedBytes = options.startBytes ?? 0
    this.storedBytes = this.receivedBytes
  }

  /** Copies the chunk; resolves when the next may come. Undefined instead of a promise when there was nothing to await. */
  push(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#slot === undefined || this.#filled + chunk.byteLength >= this.#room || this.#isFailed()) {
      return this.#pushSlowly(chunk)
    }
    this.options.pool.withdraw(this)
    this.#slot.bytes.set(chunk, this.#filled)
    this.#filled += chunk.byteLength
    this.receivedBytes += chunk.byteLength
    return undefined
  }

  /** Says that no chunk is at hand: others may have the slot meanwhile. */
  idle(): void {
    if (this.#slot !== undefined) this.options.pool.offer(this)
  }

  yieldSlot(): void {
    this.#ship()
  }

  /** Resolves when all bytes are written and hashed. */
  async finish(): Promise<void> {
    this.options.pool.withdraw(this)
    this.#ship()
    await this.#untilInFlight(0)
    this.#throwIfFailed()
  }

  /** Resolves when nothing touches the slots or the writer any more; never throws. */
  async stop(): Promise<void> {
    this.#failure ??= { error: new Error('the upload was stopped') }
    this.options.pool.withdraw(this)
    this.#release()
    await this.#untilInFlight(0)
  }

  async #pushSlowly(chunk: Uint8Array): Promise<void> {
    this.options.pool.withdraw(this)
    for (let at = 0; at < chunk.byteLength; ) {
      const slot = this.#slot ?? (await this.#takeSlot())
      this.#throwIfFailed()
      const length = Math.min(chunk.byteLength - at, this.#room - this.#filled)
      slot.bytes.set(at === 0 && length === chunk.byteLength ? chunk : chunk.subarray(at, at + length), this.#filled)
      this.#filled += length
      this.receivedBytes += length
      at += length
      if (this.#filled === this.#room) this.#ship()
    }
    this.#throwIfFailed()
  }

  async #takeSlot(): Promise<Slot> {
    await this.#untilInFlight(SLOTS_PER_UPLOAD - 1)
    this.#throwIfFailed()
    const slot = await this.options.pool.take()
    if (this.#isFailed()) this.options.pool.give(slot)
    this.#throwIfFailed()
    this.#slot = slot
    this.#filled = 0
    // Slots end at whole MiB of the image, so that runs of zeros fall on the store's blocks.
    this.#room = SLOT_BYTES - (this.receivedBytes % SLOT_BYTES)
    return slot
  }

  #ship(): void {
    const slot = this.#slot
    if (slot === undefined) return
    const length = this.#filled
    this.#slot = undefined
    this.#filled = 0
    this.#room = 0
    this.#inFlight += 1
    void this.#process(slot, length, this.receivedBytes - length).catch((error: unknown) => this.#fail(error))
  }

  async #process(slot: Slot, length: number, position: number): Promise<void> {
    let hashing: Promise<unknown> = Promise.resolve()
    try {
      const bytes = length === SLOT_BYTES ? slot.bytes : slot.bytes.subarray(0, length)
      this.options.inspect(bytes, position)
      hashing = Promise.allSettled(this.options.digests.map((digest) => digest.update(slot.index, length))).then(
        (results) => {
          for (const result of results) if (result.status === 'rejected') throw result.reason
        },
      )
      // The rejection is seen below, after the write, which the slot must outlast.
      hashing.catch(() => {})
      this.#writing = this.#writing.then(() => this.#store(bytes, position))
      await this.#writing
      await hashing
    } finally {
      await hashing.catch(() => {})
      this.options.pool.give(slot)
      this.#inFlight -= 1
      this.#wake()
    }
  }

  async #store(bytes: Buffer, position: number): Promise<void> {
    if (this.#isFailed()) return
    for (const run of splitZeroRuns(bytes, position)) {
      if (run.isZero) await this.options.writer.skip(run.end - run.start)
      else await this.options.writer.write(bytes.subarray(run.start, run.end))
    }
    this.storedBytes = position + bytes.byteLength
  }

  #fail(error: unknown): void {
    if (this.#isFailed()) return
    this.#failure = { error }
    this.#release()
    this.#wake()
    this.options.onFailure(error)
  }

  #isFailed(): boolean {
    return this.#failure !== undefined
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #release(): void {
    if (this.#slot !== undefined) this.options.pool.give(this.#slot)
    this.#slot = undefined
  }

  async #untilInFlight(most: number): Promise<void> {
    while (this.#inFlight > most) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve)
      })
    }
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter()
  }
}
