import type { BlobReader } from '@/lib/stores/store'

const PIECE_BYTES = 1024 * 1024

/**
 * A reader as a web stream that reads 1 MiB whenever the last one was taken. Closes the reader at the end, on failure
 * and when the stream is cancelled. A web stream does not tell when a chunk's memory is free, so each has its own.
 */
export function blobStream(reader: BlobReader, lengthBytes: number): ReadableStream<Uint8Array> {
  let left = lengthBytes
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, Math.max(left, 1)))
          const length = left === 0 ? 0 : await reader.readInto(piece)
          left -= length
          if (length > 0) controller.enqueue(length === piece.byteLength ? piece : piece.subarray(0, length))
          else if (left > 0) throw new Error('the image data ended early')
          if (left > 0) return
          await reader.close()
          controller.close()
        } catch (error) {
          await reader.close()
          controller.error(error)
        }
      },
      cancel: () => reader.close(),
    },
    { highWaterMark: 1 },
  )
}
