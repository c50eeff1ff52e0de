import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const formatFiles = [
  'raw',
  'qcow2',
  'qcow2-v2',
  'qcow2-zstd',
  'qcow2-dirty',
  'qcow2-corrupt',
  'qcow2-backing',
  'qcow2-data-file',
  'qcow2-extended-l2',
  'qcow2-version-4',
  'qcow2-unknown-feature',
  'vmdk-sparse',
  'vmdk-stream',
  'vmdk-flat',
  'vmdk-path',
  'vmdk-no-extent',
  'vmdk-footer',
  'vmdk-footer-version',
  'vdi',
  'vhd-dynamic',
  'vhd-fixed',
  'vhdx',
  'iso',
  'iso-toy',
  'iso-gpt',
  'mbr',
  'mbr-empty',
  'mbr-bad-flag',
  'mbr-protective-second',
  'fat',
  'luks',
  'luks-2',
  'qed',
] as const

export type FormatName = (typeof formatFiles)[number]

export interface FormatFile {
  readonly bytes: Buffer
  /** What the header says, null where there is none. */
  readonly virtualSizeBytes: number | null
}

const size = '8M'

/** Every kind of content that the format rows upload: real images made by qemu-img, and sectors written by hand. */
export async function makeFormatFiles(): Promise<ReadonlyMap<FormatName, FormatFile>> {
  const folder = await mkdtemp(join(tmpdir(), 'contract-formats-'))
  try {
    const images = await makeQemuImages(folder)
    const made = new Map<FormatName, FormatFile>([
      ...images,
      ...alteredQcow2(images),
      ...alteredVmdk(images),
      ...sectors(),
    ])
    return made
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Arguments of qemu-img create, by name. */
const recipes: readonly (readonly [FormatName, string, readonly string[]])[] = [
  ['qcow2', 'qcow2', [size]],
  ['qcow2-v2', 'qcow2', ['-o', 'compat=0.10', size]],
  ['qcow2-zstd', 'qcow2', ['-o', 'compression_type=zstd', size]],
  ['qcow2-extended-l2', 'qcow2', ['-o', 'extended_l2=on,cluster_size=128k', size]],
  ['vmdk-sparse', 'vmdk', ['-o', 'subformat=monolithicSparse', size]],
  ['vdi', 'vdi', [size]],
  ['vhd-dynamic', 'vpc', ['-o', 'subformat=dynamic', size]],
  ['vhd-fixed', 'vpc', ['-o', 'subformat=fixed', '1M']],
  ['vhdx', 'vhdx', [size]],
]

async function makeQemuImages(folder: string): Promise<Map<FormatName, FormatFile>> {
  const path = (name: string) => join(folder, name)
  const made = new Map<FormatName, FormatFile>()
  for (const [name, format, options] of recipes) {
    const sizeText = options.at(-1) ?? size
    await run('qemu-img', ['create', '-q', '-f', format, ...options.slice(0, -1), path(name), sizeText])
    made.set(name, await readImage(path(name), format))
  }
  const base = path('qcow2')
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', path('backing'), size])
  made.set('qcow2-backing', await readImage(path('backing'), 'qcow2'))
  const dataFile = `data_file=${path('outside')}`
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', dataFile, path('data'), size])
  made.set('qcow2-data-file', await readImage(path('data'), 'qcow2'))
  await writeFile(path('plain'), Buffer.alloc(8 * 1024 * 1024, 'glimpse '))
  const stream = ['-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized']
  await run('qemu-img', ['convert', ...stream, path('plain'), path('stream')])
  made.set('vmdk-stream', await readImage(path('stream'), 'vmdk'))
  return made
}

async function readImage(path: string, format: string): Promise<FormatFile> {
  // -U: an image with a backing file elsewhere is only looked at.
  const { stdout } = await run('qemu-img', ['info', '-U', '-f', format, '--output=json', path])
  const virtual = /"virtual-size": (\d+)/.exec(stdout)?.[1]
  return { bytes: await readFile(path), virtualSizeBytes: virtual === undefined ? null : Number(virtual) }
}

/** Copies of a sound qcow2 with one header field changed. */
function alteredQcow2(images: ReadonlyMap<FormatName, FormatFile>): (readonly [FormatName, FormatFile])[] {
  const sound = images.get('qcow2')
  if (sound === undefined) throw new Error('no qcow2 to alter')
  const altered = (change: (bytes: Buffer) => void): FormatFile => {
    const bytes = Buffer.from(sound.bytes)
    change(bytes)
    return { ...sound, bytes }
  }
  const feature = (bit: bigint) => altered((bytes) => bytes.writeBigUInt64BE(1n << bit, 72))
  return [
    ['qcow2-version-4', altered((bytes) => bytes.writeUInt32BE(4, 4))],
    ['qcow2-dirty', feature(0n)],
    ['qcow2-corrupt', feature(1n)],
    ['qcow2-unknown-feature', feature(5n)],
  ]
}

const sectorBytes = 512

/** Copies of sound VMDKs with something wrong in them, and one that is a text alone. */
function alteredVmdk(images: ReadonlyMap<FormatName, FormatFile>): (readonly [FormatName, FormatFile])[] {
  const sparse = images.get('vmdk-sparse')
  const stream = images.get('vmdk-stream')
  if (sparse === undefined || stream === undefined) throw new Error('no VMDK to alter')
  const described = (extent: RegExp, replacement: string): FormatFile => {
    const bytes = Buffer.from(sparse.bytes)
    const text = bytes.toString('latin1', sectorBytes, 21 * sectorBytes)
    const changed = text.replace(extent, replacement).slice(0, text.length).padEnd(text.length, '\0')
    bytes.write(changed, sectorBytes, 'latin1')
    return { ...sparse, bytes }
  }
  const lines = ['# Disk DescriptorFile', 'version=1', 'CID=12345678', 'createType="monolithicFlat"', '']
  const flat = [...lines, 'RW 16384 FLAT "flat.vmdk" 0'].join('\n').padEnd(1024, '\n')
  return [
    ['vmdk-flat', plain(Buffer.from(flat))],
    ['vmdk-path', described(/SPARSE ".*?"/, 'SPARSE "/etc/passwd"')],
    ['vmdk-no-extent', described(/RW \d+ SPARSE ".*?"/, '#')],
    ['vmdk-footer', footered(stream, 3)],
    ['vmdk-footer-version', footered(stream, 9)],
  ]
}

/**
 * As streams are written whose grain directory comes last: the header only says so, and three sectors at the end are
 * a marker, the header again with the place, and the end of the stream.
 */
function footered(stream: FormatFile, version: number): FormatFile {
  const [header, footer] = [Buffer.from(stream.bytes), Buffer.from(stream.bytes.subarray(0, sectorBytes))]
  header.fill(0xff, 56, 64)
  footer.writeUInt32LE(version, 4)
  header.writeUInt32LE(3, 4)
  const marker = Buffer.alloc(sectorBytes)
  marker.writeUInt32LE(1, 0)
  marker.writeUInt32LE(3, 12)
  return { ...stream, bytes: Buffer.concat([header, marker, footer, Buffer.alloc(sectorBytes)]) }
}

const plain = (bytes: Buffer): FormatFile => ({ bytes, virtualSizeBytes: null })

interface Partition {
  readonly flag?: number
  readonly type: number
  readonly startSector: number
  readonly sectors: number
}

/** A boot sector with up to four partition entries. */
function bootSector(partitions: readonly Partition[], lengthBytes = 64 * 1024): Buffer {
  const bytes = Buffer.alloc(lengthBytes)
  partitions.forEach(({ flag = 0, type, startSector, sectors: count }, index) => {
    const at = 446 + index * 16
    bytes.writeUInt8(flag, at)
    bytes.set([0, 2, 0], at + 1)
    bytes.writeUInt8(type, at + 4)
    bytes.writeUInt32LE(startSector, at + 8)
    bytes.writeUInt32LE(count, at + 12)
  })
  bytes.writeUInt16LE(0xaa55, 510)
  return bytes
}

const isoStart = 32 * 1024

/** An ISO 9660 of so many sectors; without a descriptor type it says nothing of its size. */
function iso(descriptorType: number, sectorCount: number): Buffer {
  const bytes = Buffer.alloc(isoStart + 4096)
  bytes.writeUInt8(descriptorType, isoStart)
  bytes.write('CD001', isoStart + 1, 'latin1')
  bytes.writeUInt8(1, isoStart + 6)
  bytes.writeUInt32LE(sectorCount, isoStart + 80)
  bytes.writeUInt16LE(2048, isoStart + 128)
  return bytes
}

function luks(version: number): Buffer {
  const bytes = Buffer.alloc(64 * 1024)
  bytes.write('LUKS\xba\xbe', 0, 'latin1')
  bytes.writeUInt16BE(version, 6)
  // Where the payload begins, in sectors.
  bytes.writeUInt32BE(8, 104)
  return bytes
}

function sectors(): (readonly [FormatName, FormatFile])[] {
  const linux = { type: 0x83, startSector: 8, sectors: 64 }
  const protective = { type: 0xee, startSector: 1, sectors: 100 }
  const hybrid = iso(0, 0)
  bootSector([protective]).copy(hybrid, 0, 0, 512)
  const fat = bootSector([])
  fat.writeUInt8(2, 16)
  fat.writeUInt8(0xf8, 21)
  const qed = Buffer.alloc(64 * 1024)
  qed.write('QED\0', 0, 'latin1')
  return [
    ['raw', plain(Buffer.alloc(96 * 1024, 'glimpse '))],
    ['iso', { bytes: iso(1, 18), virtualSizeBytes: 18 * 2048 }],
    ['iso-toy', plain(iso(0, 0))],
    ['iso-gpt', plain(hybrid)],
    ['mbr', plain(bootSector([{ ...linux, flag: 0x80 }]))],
    ['mbr-empty', plain(bootSector([]))],
    ['mbr-bad-flag', plain(bootSector([{ ...linux, flag: 0x12 }]))],
    ['mbr-protective-second', plain(bootSector([linux, protective]))],
    ['fat', plain(fat)],
    ['luks', plain(luks(1))],
    ['luks-2', plain(luks(2))],
    ['qed', plain(qed)],
  ]
}
