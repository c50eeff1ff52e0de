/*
 * Reads of numbers and text at an offset. They never throw: what lies beyond the end reads as zero, so that headers
 * cut short or pointing anywhere need no checks of their own.
 */

export function u8(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0
}

export function u16le(bytes: Uint8Array, offset: number): number {
  return u8(bytes, offset) + u8(bytes, offset + 1) * 2 ** 8
}

export function u16be(bytes: Uint8Array, offset: number): number {
  return u8(bytes, offset) * 2 ** 8 + u8(bytes, offset + 1)
}

export function u32le(bytes: Uint8Array, offset: number): number {
  return u16le(bytes, offset) + u16le(bytes, offset + 2) * 2 ** 16
}

export function u32be(bytes: Uint8Array, offset: number): number {
  return u16be(bytes, offset) * 2 ** 16 + u16be(bytes, offset + 2)
}

/** Exact up to 2^53 and rounded beyond; zero only for zero. */
export function u64le(bytes: Uint8Array, offset: number): number {
  return u32le(bytes, offset) + u32le(bytes, offset + 4) * 2 ** 32
}

/** Exact up to 2^53 and rounded beyond; zero only for zero. */
export function u64be(bytes: Uint8Array, offset: number): number {
  return u32be(bytes, offset) * 2 ** 32 + u32be(bytes, offset + 4)
}

/** Whether `magic` stands at `offset`, one character for one byte. */
export function hasMagic(bytes: Uint8Array, offset: number, magic: string): boolean {
  for (let index = 0; index < magic.length; index++) {
    if (bytes[offset + index] !== magic.charCodeAt(index)) return false
  }
  return true
}

export function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (u8(bytes, at) !== 0) return false
  return true
}

/** A size from a header as we store it: null for zero and for what a number cannot hold exactly. */
export function knownSize(sizeBytes: number): number | null {
  return sizeBytes > 0 && sizeBytes <= Number.MAX_SAFE_INTEGER ? sizeBytes : null
}
