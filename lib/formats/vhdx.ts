import { hasMagic, knownSize, u16le, u32le, u64le } from './bytes'
import type { Capture, RegionRequest } from './captures'
import type { FormatParser } from './format-parser'

const REGION_TABLE_OFFSET = 192 * 1024
/** Region table and metadata table are both this large: a header and at most 2047 entries. */
const TABLE_BYTES = 64 * 1024
const ENTRY_BYTES = 32
const ENTRY_COUNT_MAX = 2047
/** GUIDs as they lie on disk. */
const METADATA_REGION = '\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e'
const VIRTUAL_DISK_SIZE = '\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8'

/** Layout: MS-VHDX. The size lies behind two tables, each found through the one before. */
export const vhdx: FormatParser = {
  format: 'vhdx',
  wants(image) {
    if (!hasMagic(image.header.bytes, 0, 'vhdxfile')) return []
    const requests: RegionRequest[] = [{ name: 'vhdxRegions', start: REGION_TABLE_OFFSET, lengthBytes: TABLE_BYTES }]
    const metadata = image.get('vhdxMetadata')
    const metadataStart = metadataOffset(image.get('vhdxRegions'))
    if (metadataStart !== undefined) {
      requests.push({ name: 'vhdxMetadata', start: metadataStart, lengthBytes: TABLE_BYTES })
    }
    const sizeOffset = diskSizeOffset(metadata)
    if (metadata && sizeOffset !== undefined) {
      requests.push({ name: 'vhdxDiskSize', start: metadata.start + sizeOffset, lengthBytes: 8 })
    }
    return requests
  },
  read(image) {
    if (!hasMagic(image.header.bytes, 0, 'vhdxfile')) return undefined
    const size = image.get('vhdxDiskSize')
    const virtualSizeBytes = size?.isComplete ? knownSize(u64le(size.bytes, 0)) : null
    return { virtualSizeBytes, findings: [], details: {} }
  },
}

function metadataOffset(table: Capture | undefined): number | undefined {
  if (!table?.isComplete || !hasMagic(table.bytes, 0, 'regi')) return undefined
  const entry = findEntry(table.bytes, METADATA_REGION, { first: 16, count: u32le(table.bytes, 8) })
  const offset = entry === undefined ? 0 : u64le(table.bytes, entry + 16)
  return knownSize(offset) ?? undefined
}

/** Relative to the metadata region. */
function diskSizeOffset(table: Capture | undefined): number | undefined {
  if (!table?.isComplete || !hasMagic(table.bytes, 0, 'metadata')) return undefined
  const entry = findEntry(table.bytes, VIRTUAL_DISK_SIZE, { first: ENTRY_BYTES, count: u16le(table.bytes, 10) })
  return entry === undefined ? undefined : u32le(table.bytes, entry + 16)
}

function findEntry(table: Uint8Array, guid: string, range: { first: number; count: number }): number | undefined {
  if (range.count > ENTRY_COUNT_MAX) return undefined
  for (let index = 0; index < range.count; index++) {
    const at = range.first + index * ENTRY_BYTES
    if (hasMagic(table, at, guid)) return at
  }
  return undefined
}
