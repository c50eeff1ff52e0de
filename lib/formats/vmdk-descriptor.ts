export interface VmdkDescriptor {
  /** createType in lower case; null when there is none that every reader would understand alike */
  readonly subformat: string | null
  readonly hasParent: boolean
  readonly extents: readonly string[]
  /** A line that is neither comment, header field, extent nor disk database entry. */
  readonly hasUnknownLine: boolean
}

const SUBFORMAT_CHARS_MAX = 63
const EXTENT = /^(rw|rdonly|noaccess)( |$)/
const HEADER_FIELD = /^[^ =]*=/

/** Reads a descriptor up to its first zero byte; undefined unless that is plain ASCII. Letter case does not matter. */
export function parseVmdkDescriptor(bytes: Uint8Array): VmdkDescriptor | undefined {
  const zeroAt = bytes.indexOf(0)
  const content = zeroAt === -1 ? bytes : bytes.subarray(0, zeroAt)
  if (content.some((byte) => byte > 0x7f)) return undefined
  const text = new TextDecoder().decode(content).toLowerCase()
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('ddb'))
  const others = lines.filter((line) => !HEADER_FIELD.test(line))
  return {
    subformat: readSubformat(text),
    hasParent: text.includes('parentfilenamehint'),
    extents: others.filter((line) => EXTENT.test(line)),
    hasUnknownLine: others.some((line) => !EXTENT.test(line)),
  }
}

/**
 * The first mention of createType counts, even in a comment, and it must be well formed: QEMU takes the first one as
 * it comes, and a later one must not let us see another type than QEMU does.
 */
function readSubformat(text: string): string | null {
  const at = text.indexOf('createtype')
  if (at === -1) return null
  const rest = text.slice(at + 'createtype'.length)
  const end = rest.indexOf('"', 2)
  const isWellFormed = rest.startsWith('="') && end !== -1 && end - 2 <= SUBFORMAT_CHARS_MAX
  return isWellFormed ? rest.slice(2, end) : null
}
