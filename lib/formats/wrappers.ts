import { hasMagic } from './bytes'

/** Something around or instead of a disk image, which counts as raw. */
export type Wrapper = 'parallels' | 'tar' | 'gzip' | 'xz' | 'zstd' | 'bzip2' | 'zip'

const signatures: readonly (readonly [Wrapper, number, string])[] = [
  ['parallels', 0, 'WithoutFreeSpace'],
  ['parallels', 0, 'WithouFreSpacExt'],
  ['tar', 257, 'ustar'],
  ['gzip', 0, '\x1f\x8b'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['bzip2', 0, 'BZh'],
  ['zip', 0, 'PK\x03\x04'],
]

export function findWrapper(header: Uint8Array): Wrapper | null {
  return signatures.find(([, offset, magic]) => hasMagic(header, offset, magic))?.[0] ?? null
}
