import type { ServerResponse } from 'node:http'
import { apiError } from '@/lib/errors/api-error'
import { processSingleton } from '@/lib/runtime/process-singleton'
import type { BlobReader } from '@/lib/stores/store'

export const PIECE_BYTES = 1024 * 1024
/** Buffers kept for the next download; more are made when needed and dropped after. */
const IDLE_BUFFERS_MAX = 16

/**
 * Sends what a reader gives, reading the next piece while the last one is on its way, in two buffers of a pool.
 * Resolves when all is handed to the socket. Throws `client_closed` when the client went away or took nothing for
 * `idleTimeoutMs`; the caller closes the reader and, on failure, the socket.
 */
export async function sendBlob(
  response: ServerResponse,
  reader: BlobReader,
  options: { readonly lengthBytes: number; readonly idleTimeoutMs: number },
): Promise<void> {
  const pool = bufferPool()
  const connection = new Connection(response, options.idleTimeoutMs)
  let filling = pool.take(options.lengthBytes)
  let sending = options.lengthBytes > PIECE_BYTES ? pool.take(PIECE_BYTES) : filling
  let sent: Promise<void> = Promise.resolve()
  try {
    for (let left = options.lengthBytes; left > 0; ) {
      const length = await reader.readInto(left < filling.byteLength ? filling.subarray(0, left) : filling)
      if (length === 0) throw apiError('store_unavailable', { public: 'The image data ended early.' })
      await sent
      sent = connection.write(length === filling.byteLength ? filling : filling.subarray(0, length))
      // A failure is seen at the next await; until then it must not count as unhandled.
      sent.catch(() => {})
      left -= length
      const next = sending
      sending = filling
      filling = next
    }
    await sent
    // Only now is the socket done with both. After a failure it may not be, and another client's bytes must never go
    // out of them: then they are left to the collector.
    pool.give(filling)
    if (sending !== filling) pool.give(sending)
  } finally {
    connection.release()
  }
}

/** Writes to one response at a time; a write fails when the connection closes or stands still. */
class Connection {
  #reject: ((error: unknown) => void) | undefined
  #waitingSince = 0
  readonly #watch: NodeJS.Timeout
  readonly #onClose = () => this.#reject?.(apiError('client_closed'))

  constructor(
    private readonly response: ServerResponse,
    private readonly idleTimeoutMs: number,
  ) {
    response.once('close', this.#onClose)
    this.#watch = setInterval(() => this.#check(), Math.max(10, idleTimeoutMs / 8))
    this.#watch.unref()
  }

  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.response.destroyed || this.response.socket?.destroyed) {
        reject(apiError('client_closed'))
        return
      }
      this.#reject = reject
      this.#waitingSince = performance.now()
      this.response.write(bytes, (error) => {
        this.#waitingSince = 0
        this.#reject = undefined
        if (error) reject(apiError('client_closed', { cause: error }))
        else resolve()
      })
    })
  }

  release(): void {
    clearInterval(this.#watch)
    this.response.off('close', this.#onClose)
  }

  #check(): void {
    if (this.#waitingSince === 0 || performance.now() - this.#waitingSince < this.idleTimeoutMs) return
    this.#reject?.(apiError('client_closed', { public: 'The client took nothing for too long.' }))
  }
}

class BufferPool {
  readonly #idle: Buffer[] = []

  take(lengthBytes: number): Buffer {
    if (lengthBytes < PIECE_BYTES) return Buffer.allocUnsafe(Math.max(1, lengthBytes))
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
  }

  give(buffer: Buffer): void {
    if (buffer.byteLength === PIECE_BYTES && this.#idle.length < IDLE_BUFFERS_MAX) this.#idle.push(buffer)
  }
}

function bufferPool(): BufferPool {
  return processSingleton('download-buffers', () => new BufferPool())
}
