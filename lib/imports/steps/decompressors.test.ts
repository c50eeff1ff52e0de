import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { directCalls } from '@/lib/stores/drivers/filesystem/file-calls'
import { FilesystemReader } from '@/lib/stores/drivers/filesystem/filesystem-reader'
import { type Compression, decompressed, type OpenSlice } from './decompressors'
import { compressedBy, zipOf } from './test-archives'

const bytes = Buffer.concat([randomBytes(300_000), Buffer.alloc(3_000_000), randomBytes(17)])
const name = 'disk.raw'

const packed: readonly (readonly [string, Compression, Buffer])[] = [
  ['gzip', 'gzip', gzipSync(bytes)],
  [
    'gzip in two members',
    'gzip',
    Buffer.concat([bytes.subarray(0, 1000), bytes.subarray(1000)].map((part) => gzipSync(part))),
  ],
  ['zip', 'zip', zipOf([{ name, bytes }])],
  ['zip that only stores', 'zip', zipOf([{ name, bytes, isStored: true }])],
  ['zip with wide numbers', 'zip', zipOf([{ name, bytes, isWide: true }])],
  ['xz', 'xz', compressedBy('xz', bytes)],
  ['bzip2', 'bzip2', compressedBy('bzip2', bytes)],
  ['zstd', 'zstd', compressedBy('zstd', bytes)],
]

describe('decompressed', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'glimpse-test-'))
    setConfig(loadConfig({}))
  })
  afterEach(() => {
    setConfig(undefined)
    rmSync(folder, { recursive: true })
  })

  const opener = (content: Buffer): OpenSlice => {
    const path = join(folder, 'packed')
    writeFileSync(path, content)
    return (slice) => FilesystemReader.open({ storeId: 'file', calls: directCalls, path }, slice)
  }
  const unpack = async (kind: Compression, content: Buffer) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of decompressed(kind, opener(content))) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
  }

  it.each(packed)('%s', async (_, kind, content) => {
    expect((await unpack(kind, content)).equals(bytes)).toBe(true)
  })

  it.each(packed)('%s that is cut or altered is refused', async (_, kind, content) => {
    const altered = Buffer.from(content)
    altered.fill(0x55, 2000, 2050)
    for (const bad of [content.subarray(0, -40), altered]) {
      await expect(unpack(kind, bad)).rejects.toMatchObject({ code: 'format_refused' })
    }
  })

  it.each([
    [
      'two files',
      zipOf([
        { name, bytes },
        { name: 'other', bytes },
      ]),
      /holds 2 files/,
    ],
    ['no file', zipOf([]), /holds 0 files/],
    ['an encrypted file', zipOf([{ name, bytes, isEncrypted: true }]), /encrypted/],
    ['no directory', zipOf([{ name, bytes }]).subarray(0, 1000), /no directory/],
  ])('a zip archive with %s is refused', async (_, content, reason) => {
    await expect(unpack('zip', content)).rejects.toThrow(reason)
  })

  it('a reader that stops early ends the program and closes the file', async () => {
    const content = compressedBy('bzip2', Buffer.alloc(50_000_000))
    const source = decompressed('bzip2', opener(content))
    await source.next()
    await source.return(undefined)
    expect(await source.next()).toEqual({ done: true, value: undefined })
  })

  it('a program that needs more memory than it may have is ended', async () => {
    setConfig(loadConfig({ GLIMPSE__IMPORTS__PROGRAMS__MEMORY_MIB: '64' }))
    const content = compressedBy('xz', bytes, ['--lzma2=dict=256MiB'])
    await expect(unpack('xz', content)).rejects.toThrow(/^xz (failed|was ended)/)
  })
})
