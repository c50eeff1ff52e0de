import { hasMagic, u32be, u64be } from './bytes'

const HEADER_BYTES = 104
/** Tables of a disk that holds several TiB; who has more is not kept waiting. */
const TABLE_BYTES_MAX = 64 * 1024 * 1024
const ENTRY_BYTES = 8
const OFFSET_HIGH = 0x00ffffff
const OFFSET_LOW = 0xfffffe00
const COMPRESSED_HIGH = 0x40000000
const ALL_ZERO_LOW = 1

/**
 * How many bytes of a qcow2's disk hold data: about what it takes where zeros take no room, once it is raw. Reads its
 * tables, of at most 64 MiB; undefined when they are larger, or are not where the file is. Layout: docs/interop/qcow2.txt
 * of QEMU.
 */
export async function qcow2DataBytes(
  sizeBytes: number,
  read: (start: number, end: number) => Promise<Uint8Array>,
): Promise<number | undefined> {
  if (sizeBytes < HEADER_BYTES) return undefined
  const header = await read(0, HEADER_BYTES)
  const clusterBits = u32be(header, 20)
  const l1Entries = u32be(header, 36)
  const l1Offset = u64be(header, 40)
  if (!hasMagic(header, 0, 'QFI\xfb') || clusterBits < 9 || clusterBits > 21) return undefined
  const clusterBytes = 2 ** clusterBits
  const l1Bytes = l1Entries * ENTRY_BYTES
  if (l1Bytes > TABLE_BYTES_MAX || l1Offset + l1Bytes > sizeBytes) return undefined
  const l1 = await read(l1Offset, l1Offset + l1Bytes)
  const tables = [...offsetsIn(l1)]
  if (tables.length * clusterBytes > TABLE_BYTES_MAX) return undefined
  let clusters = 0
  for (const offset of tables) {
    if (offset + clusterBytes > sizeBytes) return undefined
    clusters += usedIn(await read(offset, offset + clusterBytes))
  }
  return clusters * clusterBytes
}

function* offsetsIn(table: Uint8Array): Generator<number> {
  for (let at = 0; at < table.length; at += ENTRY_BYTES) {
    const offset = (u32be(table, at) & OFFSET_HIGH) * 2 ** 32 + ((u32be(table, at + 4) & OFFSET_LOW) >>> 0)
    if (offset !== 0) yield offset
  }
}

function usedIn(table: Uint8Array): number {
  let count = 0
  for (let at = 0; at < table.length; at += ENTRY_BYTES) {
    const [high, low] = [u32be(table, at), u32be(table, at + 4)]
    const isCompressed = (high & COMPRESSED_HIGH) !== 0
    const isPlaced = (high & OFFSET_HIGH) !== 0 || (low & OFFSET_LOW) !== 0
    if (isCompressed || (isPlaced && (low & ALL_ZERO_LOW) === 0)) count += 1
  }
  return count
}
