import { execFileSync } from 'node:child_process'
import { deflateRawSync, gzipSync } from 'node:zlib'

export interface ZipFile {
  readonly name: string
  readonly bytes: Buffer
  readonly isStored?: boolean
  readonly isEncrypted?: boolean
  /** sizes and offset as 64-bit numbers */
  readonly isWide?: boolean
}

/** For tests: a zip archive of these files. */
export function zipOf(files: readonly ZipFile[]): Buffer {
  const [locals, central]: [Buffer[], Buffer[]] = [[], []]
  let offset = 0
  for (const file of files) {
    const { packed, fields } = entryOf(file)
    const local = Buffer.concat([u32(0x04034b50), fields, u16(0), Buffer.from(file.name), packed])
    locals.push(local)
    central.push(centralEntry(file, { packed, fields, offset }))
    offset += local.byteLength
  }
  const directory = Buffer.concat(central)
  const isWide = files.some((file) => file.isWide)
  const wideEnd = [
    ...[u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0), u64(files.length), u64(files.length)],
    ...[u64(directory.byteLength), u64(offset)],
    ...[u32(0x07064b50), u32(0), u64(offset + directory.byteLength), u32(1)],
  ]
  const counts = isWide ? [u16(0xffff), u16(0xffff)] : [u16(files.length), u16(files.length)]
  const place = isWide ? [u32(0xffffffff), u32(0xffffffff)] : [u32(directory.byteLength), u32(offset)]
  const end = [...(isWide ? wideEnd : []), u32(0x06054b50), u16(0), u16(0), ...counts, ...place, u16(7)]
  return Buffer.concat([...locals, directory, ...end, Buffer.from('comment')])
}

function entryOf({ name, bytes, isStored = false, isEncrypted = false }: ZipFile) {
  const packed = isStored ? bytes : deflateRawSync(bytes)
  const crc = gzipSync(bytes).subarray(-8, -4)
  const fields = [u16(45), u16(isEncrypted ? 1 : 0), u16(isStored ? 0 : 8), u32(0), crc, u32(packed.byteLength)]
  return { packed, fields: Buffer.concat([...fields, u32(bytes.byteLength), u16(name.length)]) }
}

interface Place {
  readonly packed: Buffer
  readonly fields: Buffer
  readonly offset: number
}

function centralEntry({ name, bytes, isWide = false }: ZipFile, { packed, fields, offset }: Place): Buffer {
  const other = [u16(9), u16(2), Buffer.alloc(2)]
  const numbers = [u64(bytes.byteLength), u64(packed.byteLength), u64(offset)]
  const extra = isWide ? Buffer.concat([...other, u16(1), u16(24), ...numbers]) : Buffer.concat(other)
  const shown = isWide ? Buffer.concat([fields.subarray(0, 14), Buffer.alloc(8, 0xff), fields.subarray(22)]) : fields
  const rest = [u16(extra.byteLength), u16(0), u16(0), u16(0), u32(0), u32(isWide ? 0xffffffff : offset)]
  return Buffer.concat([u32(0x02014b50), u16(45), shown, ...rest, Buffer.from(name), extra])
}

/** For tests: what one of the system's programs makes of bytes. */
export function compressedBy(program: 'xz' | 'bzip2' | 'zstd', bytes: Buffer, options: readonly string[] = []): Buffer {
  return execFileSync(program, ['-c', '-q', ...options], { input: bytes, maxBuffer: 2 ** 30 })
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
