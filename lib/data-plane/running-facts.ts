import { config } from '@/lib/config/load'
import type { Image } from '@/lib/images/image'
import { processSingleton } from '@/lib/runtime/process-singleton'
import type { DigestStream } from './digest-thread'
import { digestPool } from './digests'
import { type FormatGate, openFormatGate, openGate } from './format-gate'
import type { DigestAlgorithm, Received } from './store-bytes'

/** Uploads whose hashes this process carries on from one piece to the next; the oldest is given up for a new one. */
const CARRIED_MAX = 512
const ZEROS = Buffer.alloc(1024 * 1024)

/**
 * Hashes and format of an upload whose bytes come in pieces, from its first byte on. OpenSSL's hashes cannot be saved,
 * so this lives as long as the process; what is not known at the end is found out by the import, which reads all bytes
 * anyway. Hashes that can be saved cost half as much again for every byte, also of uploads that nothing interrupts.
 */
export class RunningFacts {
  readonly #algorithms: readonly DigestAlgorithm[] = ['md5', config().images.hashAlgorithm]
  readonly digests: readonly DigestStream[] = this.#algorithms.map((algorithm) => digestPool().start(algorithm))
  readonly #gate: FormatGate

  constructor(image: Image) {
    // Plugins may make something else of the bytes, and have their own say on what comes in.
    this.#gate = config().imports.plugins.length > 0 ? openGate : openFormatGate(image)
  }

  /** Throws `format_refused` as soon as the content can only be refused. */
  inspect(bytes: Uint8Array): void {
    this.#gate.take(bytes)
  }

  /** Takes a run of zeros. Throws `format_refused`. */
  async takeZeros(lengthBytes: number): Promise<void> {
    for (let left = lengthBytes; left > 0; left -= ZEROS.byteLength) {
      this.#gate.take(left < ZEROS.byteLength ? ZEROS.subarray(0, left) : ZEROS)
    }
    await Promise.all(this.digests.map((digest) => digest.updateZeros(lengthBytes)))
  }

  /** Once, after the last byte. Throws `format_refused`. */
  async finish(sizeBytes: number): Promise<Received> {
    const { virtualSizeBytes } = this.#gate.verdict()
    const values = await Promise.all(this.digests.map((digest) => digest.finish()))
    const digests = Object.fromEntries(this.#algorithms.map((algorithm, index) => [algorithm, values[index]]))
    return { sizeBytes, virtualSizeBytes, digests }
  }

  drop(): void {
    for (const digest of this.digests) digest.drop()
  }
}

interface Carried {
  readonly facts: RunningFacts
  readonly offsetBytes: number
}

const carried = () => processSingleton('running-facts', () => new Map<string, Carried>())

/** What is known of an upload up to this offset; undefined when this process has not seen every byte of it. */
export function takeFacts(uploadId: string, offsetBytes: number, image: Image): RunningFacts | undefined {
  const found = carried().get(uploadId)
  carried().delete(uploadId)
  if (found?.offsetBytes === offsetBytes) return found.facts
  found?.facts.drop()
  return offsetBytes === 0 ? new RunningFacts(image) : undefined
}

/** Keeps what is known for the next piece. */
export function carryFacts(uploadId: string, offsetBytes: number, facts: RunningFacts): void {
  carried().set(uploadId, { facts, offsetBytes })
  for (const oldest of carried().keys()) {
    if (carried().size <= CARRIED_MAX) break
    dropFacts(oldest)
  }
}

export function dropFacts(uploadId: string): void {
  carried().get(uploadId)?.facts.drop()
  carried().delete(uploadId)
}
