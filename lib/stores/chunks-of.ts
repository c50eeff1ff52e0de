import type { BlobReader } from './store'

const CHUNK_BYTES = 1024 * 1024

/** What a reader gives, in one buffer for all chunks: each must be copied away before the next is asked for. */
export async function* chunksOf(reader: BlobReader): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  for (;;) {
    const length = await reader.readInto(buffer)
    if (length === 0) return
    yield length === buffer.byteLength ? buffer : buffer.subarray(0, length)
  }
}
