// Image data whose headers are damaged: every format that the service reads.
import fc from 'fast-check'
import type { FormatFile } from '../../contract/support/format-files'

const HEAD_BYTES = 72 * 1024

interface Damage {
  readonly at: number
  readonly bytes: Uint8Array
}

/** Places that headers have: the first sector, the second (descriptors), 32 KiB (ISO), and anywhere. */
const place = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 511 }) },
  { weight: 2, arbitrary: fc.integer({ min: 512, max: 4096 }) },
  { weight: 1, arbitrary: fc.integer({ min: 32_768, max: 32_900 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_536, max: 70_000 }) },
)
const filling = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  fc.constantFrom(0, 1, 0x7f, 0x80, 0xff).map((byte) => new Uint8Array(8).fill(byte)),
)
const damage: fc.Arbitrary<Damage> = fc.record({ at: place, bytes: filling })

/** The beginning of one of the files, a few bytes of it changed, cut off somewhere. */
export function damagedImages(files: readonly FormatFile[]): fc.Arbitrary<Buffer> {
  const length = fc.oneof(
    { weight: 3, arbitrary: fc.constant(HEAD_BYTES) },
    { weight: 2, arbitrary: fc.nat({ max: 1024 }) },
    { weight: 1, arbitrary: fc.nat({ max: HEAD_BYTES }) },
  )
  const real = fc
    .tuple(fc.nat({ max: files.length - 1 }), length, fc.array(damage, { maxLength: 4 }))
    .map(([index, keep, damages]) => {
      const bytes = Buffer.from(files[index]?.bytes.subarray(0, keep) ?? [])
      for (const { at, bytes: put } of damages) if (at < bytes.length) bytes.set(put.subarray(0, bytes.length - at), at)
      return bytes
    })
  const noise = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))
  return fc.oneof({ weight: 9, arbitrary: real }, { weight: 1, arbitrary: noise })
}
