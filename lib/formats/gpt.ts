import { hasMagic, u8, u16le, u32le } from './bytes'
import type { CapturedImage } from './captures'
import type { FormatParser } from './format-parser'

const TABLE_OFFSET = 446
const ENTRY_BYTES = 16
const PROTECTIVE_TYPE = 0xee

/** Any disk with a boot sector, be it MBR or GPT. */
export const gpt: FormatParser = {
  format: 'gpt',
  read(image) {
    const { bytes } = image.header
    if (u16le(bytes, 510) !== 0xaa55 || looksLikeFat(bytes)) return undefined
    const entries = [0, 1, 2, 3].map((index) => readEntry(bytes, index))
    const used = entries.filter((entry) => entry.type !== 0)
    const reason = entries.map(entryFault).find((fault) => fault !== undefined) ?? tableFault(entries)
    return {
      virtualSizeBytes: image.end?.sizeBytes ?? null,
      findings: reason === undefined ? [] : [{ check: 'mbr', reason }],
      details: { gpt: { partitionCount: used.length, guidTableOffsetBytes: guidTableOffset(image) } },
    }
  },
}

/** The GUID table follows the first sector, which may be larger than 512 bytes. */
function guidTableOffset(image: CapturedImage): number | null {
  const sectors = [image.get('sector512'), image.get('sector2048'), image.get('sector4096')]
  return sectors.find((sector) => sector && hasMagic(sector.bytes, 0, 'EFI PART'))?.start ?? null
}

/** The boot sector of a bare FAT file system carries the same signature: two tables, on a fixed disk. */
function looksLikeFat(bytes: Uint8Array): boolean {
  return u8(bytes, 16) === 2 && u8(bytes, 21) === 0xf8
}

interface PartitionEntry {
  readonly index: number
  readonly bootFlag: number
  /** head, sector, cylinder */
  readonly startChs: readonly [number, number, number]
  readonly startLba: number
  readonly type: number
}

function readEntry(bytes: Uint8Array, index: number): PartitionEntry {
  const at = TABLE_OFFSET + index * ENTRY_BYTES
  return {
    index,
    bootFlag: u8(bytes, at),
    startChs: [u8(bytes, at + 1), u8(bytes, at + 2), u8(bytes, at + 3)],
    type: u8(bytes, at + 4),
    startLba: u32le(bytes, at + 8),
  }
}

function isProtective(entry: PartitionEntry): boolean {
  return entry.type === PROTECTIVE_TYPE
}

function entryFault(entry: PartitionEntry): string | undefined {
  if (entry.bootFlag !== 0 && entry.bootFlag !== 0x80) return `partition ${entry.index} has an invalid boot flag`
  if (!isProtective(entry)) return undefined
  const [head, sector, cylinder] = entry.startChs
  if (head !== 0 || sector !== 2 || cylinder !== 0) return 'the protective partition starts at an invalid CHS address'
  return entry.startLba === 1 ? undefined : 'the protective partition starts at an invalid sector'
}

function tableFault(entries: readonly PartitionEntry[]): string | undefined {
  const used = entries.filter((entry) => entry.type !== 0)
  if (used.length === 0) return 'the boot sector has no partition'
  const isAlone = used.length === 1 && used[0]?.index === 0
  return used.some(isProtective) && !isAlone ? 'the protective partition is not the only one' : undefined
}
