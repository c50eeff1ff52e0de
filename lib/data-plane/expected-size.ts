import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'

/** How many bytes an upload may and must bring. */
export interface ExpectedSize {
  /** undefined when the client did not say */
  readonly sizeBytes: number | undefined
  readonly capBytes: number
  refuseTooShort(receivedBytes: number): void
}

export interface SizeOptions {
  /** from x-openstack-image-size; wins over the length of the body, 0 means unknown */
  readonly declaredSizeBytes?: number
  /** from Content-Length; absent for chunked bodies */
  readonly contentLengthBytes?: number
}

/** What the client said its bytes are; undefined when it did not. */
export function announcedBytes({ declaredSizeBytes, contentLengthBytes }: SizeOptions): number | undefined {
  return declaredSizeBytes || contentLengthBytes || undefined
}

/** A declared size wins over the length of the body; 0 means unknown for both. Throws 413 above the configured cap. */
export function expectedSize(options: SizeOptions): ExpectedSize {
  const sizeBytes = announcedBytes(options)
  const cap = config().images.sizeCapBytes
  const capBytes = cap < 0 ? Number.POSITIVE_INFINITY : cap
  if (sizeBytes !== undefined && sizeBytes > capBytes) throw tooLarge()
  return {
    sizeBytes,
    capBytes,
    refuseTooShort: (receivedBytes) => {
      if (sizeBytes === undefined || receivedBytes >= sizeBytes) return
      throw apiError('size_mismatch', {
        public: `Size mismatch: expected ${sizeBytes} bytes, got ${receivedBytes} bytes`,
      })
    },
  }
}

/** Throws when more came than was declared, 400, or than any image may have, 413. */
export function refuseTooLarge(expected: ExpectedSize, receivedBytes: number): void {
  if (receivedBytes > expected.capBytes) throw tooLarge()
  if (expected.sizeBytes !== undefined && receivedBytes > expected.sizeBytes) {
    throw apiError('size_mismatch', {
      public: `Size exceeds: expected ${expected.sizeBytes} bytes, got ${receivedBytes} bytes`,
    })
  }
}

function tooLarge() {
  return apiError('quota_exceeded', {
    public: 'The incoming image is too large: The provided image is too large.',
  })
}
