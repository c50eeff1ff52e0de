import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { BlobSource, type SavedHash } from './blob-source'

const MIB = 1024 * 1024
const data = randomBytes(3 * MIB + 77)
const content = Buffer.concat([data, Buffer.alloc(2 * MIB), data, Buffer.alloc(5 * MIB), randomBytes(9)])
const digest = createHash('sha512').update(content).digest('hex')

/** As browsers are that cannot read a file into a buffer of the script's. */
function withoutByteStreams(blob: Blob): Blob {
  vi.spyOn(blob, 'slice').mockImplementation((start, end) => {
    const slice = new Blob([content.subarray(start, end)])
    vi.spyOn(slice, 'stream').mockImplementation(() => new ReadableStream())
    return slice
  })
  return blob
}

async function walk(source: BlobSource, limitBytes: number, start = 0) {
  const seen: Buffer[] = []
  const lengths: number[] = []
  for (let offset = start; offset < content.length; ) {
    const { lengthBytes, body } = await source.part(offset, limitBytes)
    seen.push(body === undefined ? Buffer.alloc(lengthBytes) : Buffer.from(await body.arrayBuffer()))
    lengths.push(lengthBytes)
    offset += lengthBytes
  }
  return { lengths, bytes: Buffer.concat(seen) }
}

describe.each([
  ['byte streams', (blob: Blob) => blob],
  ['slices alone', withoutByteStreams],
])('a file read by %s', (_, prepare) => {
  const open = (saved?: SavedHash) => BlobSource.open(prepare(new Blob([content])), saved)

  it('comes in parts that together are all of it, and hashes to its digest', async () => {
    for (const limit of [MIB, 4 * MIB]) {
      const source = await open()
      const { bytes, lengths } = await walk(source, limit)
      expect(bytes.equals(content)).toBe(true)
      expect(lengths.length).toBeGreaterThan(4)
      expect(source.sha512()).toBe(digest)
    }
  })

  it('is hashed once however often a part is read again', async () => {
    const source = await open()
    await source.part(0, 2 * MIB)
    await source.part(0, MIB)
    await source.part(0, 4 * MIB)
    const { bytes } = await walk(source, 4 * MIB, MIB)
    expect(bytes.equals(content.subarray(MIB))).toBe(true)
    expect(source.sha512()).toBe(digest)
  })

  it('is hashed ahead of what was asked for, and no bytes twice', async () => {
    const source = await open()
    const { lengthBytes } = await source.part(0, MIB)
    expect(lengthBytes).toBe(MIB)
    await vi.waitFor(() => expect(source.saved()?.hashedBytes).toBe(content.length))
    const later = await open(source.saved())
    const { bytes } = await walk(later, 2 * MIB, MIB)
    expect(bytes.equals(content.subarray(MIB))).toBe(true)
    expect(later.sha512()).toBe(digest)
  })

  it('goes on with a hash that was kept, or hashes anew what was sent before', async () => {
    const first = await open()
    await first.part(0, 2 * MIB)
    const later = await open(first.saved())
    await walk(later, MIB, 2 * MIB)
    expect(later.sha512()).toBe(digest)
    const anew = await open()
    const told: number[] = []
    await anew.catchUp(2 * MIB + 5, (doneBytes) => void told.push(doneBytes))
    expect(told.at(-1)).toBe(2 * MIB + 5)
    await walk(anew, MIB, 2 * MIB + 5)
    expect(anew.sha512()).toBe(digest)
  })
})

it('that cannot be read any more fails where it is asked for', async () => {
  const file = new Blob([content])
  const slice = file.slice.bind(file)
  vi.spyOn(file, 'slice').mockImplementation((start, end) => {
    const part = slice(start, end)
    vi.spyOn(part, 'stream').mockImplementation(
      () => new ReadableStream({ type: 'bytes', start: (controller) => controller.error(new Error('it was changed')) }),
    )
    return part
  })
  const source = await BlobSource.open(file)
  await expect(source.part(0, MIB)).rejects.toThrow('it was changed')
  await expect(source.part(MIB, MIB)).rejects.toThrow('it was changed')
})
