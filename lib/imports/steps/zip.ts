import { apiError } from '@/lib/errors/api-error'
import type { BlobReader } from '@/lib/stores/store'
import type { OpenSlice } from './decompressors'

const CENTRAL = 0x02014b50
const CENTRAL_BYTES = 46
const END = 0x06054b50
const END_BYTES = 22
const END_64 = 0x06064b50
const END_64_BYTES = 56
const LOCATOR_64 = 0x07064b50
const LOCATOR_64_BYTES = 20
const COMMENT_BYTES_MAX = 65_535
/** A name, extra fields and a comment of the longest kind. */
const DIRECTORY_BYTES_MAX = CENTRAL_BYTES + 3 * 65_535
const [STORED, DEFLATED] = [0, 8]
const STORED_BLOCK_BYTES = 65_535

interface Member {
  readonly method: number
  readonly crc32: number
  readonly compressedBytes: number
  readonly sizeBytes: number
  readonly headerOffset: number
}

function refused(reason: string) {
  return apiError('format_refused', { public: `The zip archive cannot be used: ${reason}.` })
}

/**
 * The one file of a zip archive as a gzip stream, whose reader then checks length and CRC. Throws `format_refused` when
 * the archive has not exactly one file, or one that is encrypted or packed in a way that is neither stored nor deflated.
 */
export async function zipMember(open: OpenSlice): Promise<AsyncGenerator<Uint8Array>> {
  const member = await readDirectory(open)
  const local = await readSlice(open, member.headerOffset, 30)
  if (local.byteLength < 30 || local.readUInt32LE(0) !== 0x04034b50) throw refused('its file has no header')
  const offset = member.headerOffset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  return asGzip(open, offset, member)
}

async function* asGzip(open: OpenSlice, offset: number, member: Member): AsyncGenerator<Uint8Array> {
  const { method, compressedBytes, crc32, sizeBytes } = member
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
  const reader = await open({ offset, length: compressedBytes })
  try {
    if (method === DEFLATED) yield* reader.stream()
    else yield* storedBlocks(reader)
  } finally {
    await reader.close()
  }
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32, 0)
  trailer.writeUInt32LE(sizeBytes % 2 ** 32, 4)
  yield trailer
}

/** Bytes as they are, in the blocks that deflate has for them; the last one is empty. */
async function* storedBlocks(reader: BlobReader): AsyncGenerator<Uint8Array> {
  for await (const chunk of reader.stream()) {
    for (let at = 0; at < chunk.byteLength; at += STORED_BLOCK_BYTES) {
      const block = chunk.subarray(at, at + STORED_BLOCK_BYTES)
      yield blockHeader(block.byteLength, false)
      yield block
    }
  }
  yield blockHeader(0, true)
}

function blockHeader(length: number, isLast: boolean): Buffer {
  const header = Buffer.from([isLast ? 1 : 0, 0, 0, 0, 0])
  header.writeUInt16LE(length, 1)
  header.writeUInt16LE(length ^ 0xffff, 3)
  return header
}

async function readDirectory(open: OpenSlice): Promise<Member> {
  const { count, offset } = await readEnd(open)
  if (count !== 1) throw refused(`it holds ${count} files instead of one`)
  const entry = await readSlice(open, offset, DIRECTORY_BYTES_MAX)
  if (entry.byteLength < CENTRAL_BYTES || entry.readUInt32LE(0) !== CENTRAL) throw refused('its directory is damaged')
  const method = entry.readUInt16LE(10)
  if ((entry.readUInt16LE(8) & 1) !== 0) throw refused('its file is encrypted')
  if (method !== STORED && method !== DEFLATED) throw refused(`its file is packed with method ${method}`)
  const wide = wideFields(entry)
  const size = { sizeBytes: entry.readUInt32LE(24), compressedBytes: entry.readUInt32LE(20) }
  const headerOffset = entry.readUInt32LE(42)
  const sizeBytes = size.sizeBytes === 0xffffffff ? wide() : size.sizeBytes
  const compressedBytes = size.compressedBytes === 0xffffffff ? wide() : size.compressedBytes
  const at = headerOffset === 0xffffffff ? wide() : headerOffset
  return { method, crc32: entry.readUInt32LE(16), sizeBytes, compressedBytes, headerOffset: at }
}

/** The values of the entry's 64-bit extra field, one after the other. */
function wideFields(entry: Buffer): () => number {
  let at = CENTRAL_BYTES + entry.readUInt16LE(28)
  const end = Math.min(entry.byteLength, at + entry.readUInt16LE(30))
  while (at + 4 <= end && entry.readUInt16LE(at) !== 1) at += 4 + entry.readUInt16LE(at + 2)
  at += 4
  return () => {
    if (at + 8 > end) throw refused('its directory is damaged')
    at += 8
    return wideNumber(entry, at - 8)
  }
}

async function readEnd(open: OpenSlice): Promise<{ count: number; offset: number }> {
  const sizeBytes = await sizeOf(open)
  const start = Math.max(0, sizeBytes - END_BYTES - COMMENT_BYTES_MAX - LOCATOR_64_BYTES)
  const tail = await readSlice(open, start, sizeBytes - start)
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END || at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.byteLength) continue
    const locatorAt = at - LOCATOR_64_BYTES
    if (locatorAt >= 0 && tail.readUInt32LE(locatorAt) === LOCATOR_64) {
      const end = await readSlice(open, wideNumber(tail, locatorAt + 8), END_64_BYTES)
      if (end.byteLength < END_64_BYTES || end.readUInt32LE(0) !== END_64) throw refused('its directory is damaged')
      return { count: wideNumber(end, 32), offset: wideNumber(end, 48) }
    }
    return { count: tail.readUInt16LE(at + 10), offset: tail.readUInt32LE(at + 16) }
  }
  throw refused('it has no directory')
}

function wideNumber(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refused('its directory is damaged')
  return Number(value)
}

async function sizeOf(open: OpenSlice): Promise<number> {
  const reader = await open({})
  await reader.close()
  return reader.sizeBytes
}

export async function readSlice(open: OpenSlice, offset: number, length: number): Promise<Buffer> {
  const reader = await open({ offset, length })
  try {
    const bytes = Buffer.alloc(reader.sizeBytes)
    return bytes.subarray(0, await reader.readInto(bytes))
  } finally {
    await reader.close()
  }
}
