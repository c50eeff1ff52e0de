import { hasMagic, isZero, knownSize, u32le, u64le } from './bytes'
import type { Capture, CapturedImage } from './captures'
import { TAIL_BYTES } from './captures'
import type { FormatParser, FormatReading } from './format-parser'
import { parseVmdkDescriptor, type VmdkDescriptor } from './vmdk-descriptor'

const SECTOR_BYTES = 512
/** Real descriptors fill ten KiB at most; a longer text is refused, more padding is not read. */
const DESCRIPTOR_BYTES_MAX = 64 * 1024
const SELF_CONTAINED = ['monolithicsparse', 'streamoptimized']
const FOOTER_MARKER = 3
const END_OF_STREAM_MARKER = 0

type Finding = FormatReading['findings'][number]

/** Sparse extents with an embedded descriptor, and files that are nothing but a descriptor. */
export const vmdk: FormatParser = {
  format: 'vmdk',
  wants({ header }) {
    const start = SECTOR_BYTES
    if (isSparseExtent(header.bytes)) {
      const lengthBytes = Math.min(u64le(header.bytes, 36) * SECTOR_BYTES, DESCRIPTOR_BYTES_MAX)
      return lengthBytes > 0 && isDescriptorInPlace(header.bytes)
        ? [{ name: 'vmdkDescriptor', start, lengthBytes }]
        : []
    }
    if (!isText(header) || mentionsCreateType(header.bytes)) return []
    return [{ name: 'vmdkText', start, lengthBytes: DESCRIPTOR_BYTES_MAX - SECTOR_BYTES, decidesFormat: true }]
  },
  read(image) {
    if (isSparseExtent(image.header.bytes)) return readSparseExtent(image)
    return isText(image.header) ? readDescriptorFile(image) : undefined
  },
}

function isSparseExtent(header: Uint8Array): boolean {
  return hasMagic(header, 0, 'KDMV')
}

function isDescriptorInPlace(header: Uint8Array): boolean {
  return u64le(header, 28) === 1
}

function isText(header: Capture): boolean {
  const content = header.bytes.subarray(0, header.filledBytes)
  return content.length > 0 && content.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13))
}

function mentionsCreateType(bytes: Uint8Array): boolean {
  const zeroAt = bytes.indexOf(0)
  return /createtype\s*=/i.test(new TextDecoder().decode(zeroAt === -1 ? bytes : bytes.subarray(0, zeroAt)))
}

/** Such a file only names the files that hold the data, on whatever machine opens it. */
function readDescriptorFile(image: CapturedImage): FormatReading | undefined {
  const { header } = image
  const rest = image.get('vmdkText')
  const text = new Uint8Array(header.filledBytes + (rest?.filledBytes ?? 0))
  text.set(header.bytes.subarray(0, header.filledBytes))
  if (rest) text.set(rest.bytes.subarray(0, rest.filledBytes), header.filledBytes)
  if (!mentionsCreateType(text)) return undefined
  return {
    virtualSizeBytes: null,
    findings: [{ check: 'descriptor', reason: 'the file is only a descriptor of other files' }],
    details: { vmdk: vmdkDetails(null, parseVmdkDescriptor(text)) },
  }
}

function vmdkDetails(version: number | null, descriptor: VmdkDescriptor | undefined) {
  return {
    version,
    subformat: descriptor?.subformat ?? null,
    isDescriptorOnly: version === null,
    hasParent: descriptor?.hasParent ?? false,
    extents: descriptor?.extents ?? [],
  }
}

function readSparseExtent(image: CapturedImage): FormatReading {
  const header = image.header.bytes
  const version = u32le(header, 4)
  const captured = image.get('vmdkDescriptor')
  const descriptor = captured?.isComplete ? parseVmdkDescriptor(captured.bytes) : undefined
  const isSettled = captured?.isComplete || image.end !== undefined || !isDescriptorInPlace(header)
  const findings: Finding[] = []
  if (version < 1 || version > 3) findings.push({ check: 'version', reason: `unsupported version ${version}` })
  if (isSettled) {
    const reason = descriptorFault(captured, descriptor)
    if (reason !== undefined) findings.push({ check: 'descriptor', reason })
  }
  if (image.end && hasFooter(header)) {
    const reason = footerFault(header, image.end.tail)
    if (reason !== undefined) findings.push({ check: 'footer', reason })
  }
  const isSelfContained = SELF_CONTAINED.includes(descriptor?.subformat ?? '')
  return {
    virtualSizeBytes: isSelfContained ? knownSize(u64le(header, 12) * SECTOR_BYTES) : null,
    findings,
    details: { vmdk: vmdkDetails(version, descriptor) },
  }
}

function descriptorFault(captured: Capture | undefined, descriptor: VmdkDescriptor | undefined): string | undefined {
  if (!captured?.isComplete || captured.bytes[0] === 0) return 'there is no descriptor in its place'
  const isEndless = captured.bytes.byteLength === DESCRIPTOR_BYTES_MAX && !captured.bytes.includes(0)
  if (!descriptor || isEndless) return 'the descriptor is not readable'
  if (!SELF_CONTAINED.includes(descriptor.subformat ?? '')) return 'unsupported subformat'
  if (descriptor.hasUnknownLine) return 'the descriptor has an unknown line'
  if (descriptor.hasParent) return 'the image refers to a parent'
  if (descriptor.extents.length === 0) return 'the descriptor names no extent'
  return descriptor.extents.some((line) => line.includes('/')) ? 'an extent names a path' : undefined
}

/** A grain directory at -1 means that a second header at the end of the file is the valid one. */
function hasFooter(header: Uint8Array): boolean {
  return u32le(header, 56) === 0xffffffff && u32le(header, 60) === 0xffffffff
}

function footerFault(header: Uint8Array, tail: Uint8Array): string | undefined {
  if (tail.byteLength < TAIL_BYTES) return 'there is no footer'
  const marker = tail.subarray(0, 512)
  const footer = tail.subarray(512, 1024)
  const endOfStream = tail.subarray(1024)
  const isSame = (start: number, end: number) =>
    header.subarray(start, end).every((byte, at) => byte === footer[start + at])
  if (!isSame(0, 8) || !isSame(28, 44)) return 'the footer contradicts the header'
  if (hasFooter(footer)) return 'the footer points to another footer'
  if (!isMarker(marker, FOOTER_MARKER)) return 'the footer has no valid marker'
  const isEnd = isMarker(endOfStream, END_OF_STREAM_MARKER) && isZero(endOfStream, 0, 8)
  return isEnd ? undefined : 'the end of the stream has no valid marker'
}

/** Metadata markers: a count of sectors, a size of zero, the type, then nothing. */
function isMarker(sector: Uint8Array, type: number): boolean {
  return u32le(sector, 8) === 0 && u32le(sector, 12) === type && isZero(sector, 16, SECTOR_BYTES)
}
