/** File systems and RBD thin out whole blocks; smaller holes would cost more calls than they save room. */
const GRAIN_BYTES = 64 * 1024

export interface Run {
  readonly isZero: boolean
  readonly start: number
  readonly end: number
}

/**
 * Cuts a chunk into runs that are all zero and runs that are not, along blocks of 64 KiB of the whole image;
 * `position` is where in the image the chunk begins. The runs cover the chunk in order, kinds alternating.
 */
export function splitZeroRuns(bytes: Uint8Array, position: number): Run[] {
  const runs: Run[] = []
  let start = 0
  let kind: boolean | undefined
  for (let at = 0; at < bytes.byteLength; ) {
    const end = Math.min(bytes.byteLength, at + GRAIN_BYTES - ((position + at) % GRAIN_BYTES))
    const isZero = isAllZero(bytes, at, end)
    if (kind !== undefined && isZero !== kind) {
      runs.push({ isZero: kind, start, end: at })
      start = at
    }
    kind = isZero
    at = end
  }
  if (kind !== undefined) runs.push({ isZero: kind, start, end: bytes.byteLength })
  return runs
}

/** Whether bytes[start..end) are all zero; looks at four bytes at a time where the memory allows it. */
export function isAllZero(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return true
  if (bytes[start] !== 0 || bytes[end - 1] !== 0) return false
  const skew = (4 - ((bytes.byteOffset + start) % 4)) % 4
  const wordCount = Math.max(0, Math.floor((end - start - skew) / 4))
  const wordsEnd = start + skew + wordCount * 4
  for (let at = start; at < Math.min(start + skew, end); at++) if (bytes[at] !== 0) return false
  if (wordCount > 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + start + skew, wordCount)
    for (let index = 0; index < wordCount; index++) if (words[index] !== 0) return false
  }
  for (let at = wordsEnd; at < end; at++) if (bytes[at] !== 0) return false
  return true
}
