import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judge } from './judge'
import { claim, inspect, TestImages } from './test-images'

let images: TestImages
let sparse: Uint8Array
let stream: Uint8Array
let footed: Uint8Array

beforeAll(() => {
  images = new TestImages()
  images.write(
    'raw',
    Uint8Array.from({ length: 1024 * 1024 }, (_, at) => (at < 300_000 ? at ** 2 % 251 : 0)),
  )
  sparse = images.create('sparse.vmdk', ['-f', 'vmdk'])
  stream = images.convert('raw', 'stream.vmdk', ['-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized'])
  footed = withFooter(stream)
})
afterAll(() => images.remove())

/** As VMware writes streams: the header says only where the footer is, and the footer where the grain directory is. */
function withFooter(image: Uint8Array): Uint8Array {
  const copy = new Uint8Array(image.byteLength + 1536)
  copy.set(image)
  copy.fill(0xff, 56, 64)
  copy.set([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3], image.byteLength)
  copy.set(image.subarray(0, 512), image.byteLength + 512)
  return copy
}

function withBytes(image: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(image)
  copy.set(bytes, at < 0 ? copy.byteLength + at : at)
  return copy
}

/** The sparse image with another descriptor text. */
function withDescriptor(text: string | ((old: string) => string)): Uint8Array {
  const copy = Uint8Array.from(sparse)
  const place = copy.subarray(512, 512 + 20 * 512)
  const old = new TextDecoder().decode(place.subarray(0, place.indexOf(0)))
  place.fill(0)
  place.set(new TextEncoder().encode(typeof text === 'string' ? text : text(old)))
  return copy
}

const reasons = (image: Uint8Array) => inspect(image).safety.map(({ reason }) => reason)
const minimal = 'createType="monolithicSparse"\nRW 131072 SPARSE "a.vmdk"\n'

describe('the descriptor of a VMDK', () => {
  test('is safe as tools write it', () => {
    for (const image of [sparse, stream, withDescriptor(minimal)]) expect(reasons(image)).toEqual([])
  })

  test.each<[string, string | ((old: string) => string)]>([
    ['in upper case', (old) => old.toUpperCase()],
    ['with carriage returns', (old) => old.replaceAll('\n', '\r\n')],
    ['with every kind of extent', `${minimal}RDONLY 1 SPARSE "b"\nNOACCESS 1 ZERO\n`],
    [
      'with comments, blank lines and disk database',
      `# a / b\n\n  \n${minimal}ddb.uuid anything / goes\nddb.x = "1"\n`,
    ],
    ['filling its place to the last byte', minimal.padEnd(20 * 512, '\n')],
  ])('is safe %s', (_, text) => {
    expect(reasons(withDescriptor(text))).toEqual([])
  })

  test.each<[string, string, string | ((old: string) => string)]>([
    ['of another subformat', 'unsupported subformat', (old) => old.replace('monolithicSparse', 'monolithicFlat')],
    [
      'of a subformat that needs other files',
      'unsupported subformat',
      (old) => old.replace('Sparse', 'TwoGbMaxExtentSparse'),
    ],
    ['without a subformat', 'unsupported subformat', 'RW 1 SPARSE "a.vmdk"\n'],
    [
      'with an endless subformat',
      'unsupported subformat',
      `createType="${'monolithicsparse'.repeat(5)}"\nRW 1 SPARSE "a"\n`,
    ],
    ['with an unclosed subformat', 'unsupported subformat', 'RW 1 SPARSE\ncreateType="monolithicSparse\n'],
    ['that shows QEMU another subformat first', 'unsupported subformat', `# createType=:monolithicFlat"\n${minimal}`],
    ['with a path in an extent', 'an extent names a path', `${minimal}RW 1 FLAT "/etc/passwd" 0\n`],
    ['with a relative path in an extent', 'an extent names a path', `${minimal}rdonly 1 FLAT "../x" 0\n`],
    ['without an extent', 'the descriptor names no extent', 'createType="monolithicSparse"\n'],
    ['with an unknown line', 'the descriptor has an unknown line', `${minimal}include other\n`],
    ['with an extent behind a tab', 'the descriptor has an unknown line', `${minimal}RW\t1 FLAT "passwd"\n`],
    ['with a space before the equals sign', 'the descriptor has an unknown line', `${minimal}a b=c\n`],
    ['with a parent', 'the image refers to a parent', `${minimal}parentFileNameHint="/etc/passwd"\n`],
    ['that is not ASCII', 'the descriptor is not readable', `${minimal}# ä\n`],
    ['that is empty', 'there is no descriptor in its place', ''],
  ])('is unsafe %s', (_, reason, text) => {
    expect(reasons(withDescriptor(text))).toEqual([reason])
  })

  test('is unsafe when QEMU itself wrote a parent into it', () => {
    const child = images.create('child.vmdk', ['-f', 'vmdk', '-b', 'sparse.vmdk', '-F', 'vmdk'])
    expect(reasons(child)).toEqual(['the image refers to a parent'])
  })

  test.each([
    ['elsewhere', 28, [2, 0, 0, 0, 0, 0, 0, 0]],
    ['nowhere', 28, [0, 0, 0, 0, 0, 0, 0, 0]],
    ['at the end of the world', 28, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['of no length', 36, [0, 0, 0, 0, 0, 0, 0, 0]],
  ])('is unsafe %s', (_, at, bytes) => {
    expect(reasons(withBytes(sparse, at, bytes))).toEqual(['there is no descriptor in its place'])
  })

  test('may claim any length as long as its text is short', () => {
    const roomy = new Uint8Array(200 * 1024)
    roomy.set(sparse)
    expect(reasons(withBytes(roomy, 36, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))).toEqual([])
    const long = new Uint8Array(200 * 1024).fill(0x0a)
    long.set(withBytes(withDescriptor(minimal).subarray(0, 512), 36, [0xff, 1]))
    long.set(new TextEncoder().encode(minimal), 512)
    expect(reasons(long)).toEqual(['the descriptor is not readable'])
  })

  test('is unsafe when the file ends inside it', () => {
    expect(reasons(sparse.subarray(0, 1024))).toEqual(['there is no descriptor in its place'])
    expect(reasons(sparse.subarray(0, 4))).toContain('there is no descriptor in its place')
  })

  test('is unsafe in a version nobody knows', () => {
    expect(reasons(withBytes(sparse, 4, [4]))).toEqual(['unsupported version 4'])
    expect(reasons(withBytes(sparse, 4, [0]))).toEqual(['unsupported version 0'])
  })
})

describe('the footer of a streamed VMDK', () => {
  test('is safe in an image that QEMU reads', () => {
    images.write('footed.vmdk', footed)
    expect(images.convert('footed.vmdk', 'footed.raw', ['-f', 'vmdk', '-O', 'raw'])).toEqual(images.read('raw'))
    expect(judge(inspect(footed), claim('vmdk'))).toEqual({ ok: true, virtualSizeBytes: 1024 * 1024 })
  })

  test.each<[string, string, number, readonly number[]]>([
    ['another version', 'the footer contradicts the header', -1020, [2]],
    ['another magic', 'the footer contradicts the header', -1024, [0]],
    ['another descriptor', 'the footer contradicts the header', -1024 + 28, [2]],
    ['another length of the descriptor', 'the footer contradicts the header', -1024 + 36, [1]],
    ['a further footer', 'the footer points to another footer', -1024 + 56, new Array<number>(8).fill(0xff)],
    ['a marker of another type', 'the footer has no valid marker', -1536 + 12, [2]],
    ['a marker with a size', 'the footer has no valid marker', -1536 + 8, [1]],
    ['a marker with something behind', 'the footer has no valid marker', -1025, [1]],
    ['no end of stream', 'the end of the stream has no valid marker', -512 + 12, [3]],
    ['an end of stream with a value', 'the end of the stream has no valid marker', -512, [1]],
    ['an end of stream with something behind', 'the end of the stream has no valid marker', -1, [1]],
  ])('is unsafe with %s', (_, reason, at, bytes) => {
    expect(reasons(withBytes(footed, at, bytes))).toEqual([reason])
  })

  test('is unsafe when the file has no room for one', () => {
    const header = withBytes(withDescriptor(minimal).subarray(0, 1024), 56, new Array<number>(8).fill(0xff))
    expect(reasons(withBytes(header, 36, [1]))).toEqual(['there is no footer'])
  })

  test('is unsafe when it is cut off or something follows', () => {
    expect(reasons(footed.subarray(0, footed.byteLength - 512))).toEqual(['the footer contradicts the header'])
    expect(reasons(Uint8Array.from([...footed, 0]))).toEqual(['the footer contradicts the header'])
  })
})

describe('a file that is only a descriptor', () => {
  const text = (content: string) => inspect(new TextEncoder().encode(content))
  const unsafe = { ok: false, message: 'Image failed safety checks' }

  test.each([
    ['of a flat disk', '# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 1 FLAT "/etc/passwd" 0\n'],
    ['that claims to be sparse', minimal],
    ['whose type comes late', `${'# padding\n'.repeat(2000)}${minimal}`],
    ['of a few bytes', 'createType="custom"'],
    ['in odd case', 'CREATETYPE = "vmfs"'],
  ])('is never accepted: %s', (_, content) => {
    for (const diskFormat of ['vmdk', 'raw']) expect(judge(text(content), claim(diskFormat))).toEqual(unsafe)
  })

  test('is raw when it is some other text, or when its first sector is not text', () => {
    expect(text('#!/bin/sh\necho hello\n').format).toBe('raw')
    expect(text(`\x01${minimal}`).format).toBe('raw')
    expect(text(`${'x'.repeat(700)}\0${minimal}`).format).toBe('raw')
  })
})

describe('the types that an operator allows', () => {
  test('narrow what is accepted', () => {
    const verdict = judge(inspect(stream), claim('vmdk', { vmdkAllowedTypes: ['monolithicSparse'] }))
    expect(verdict).toEqual({ ok: false, message: 'Image failed safety checks' })
    const narrowed = claim('vmdk', { vmdkAllowedTypes: ['STREAMOPTIMIZED'] })
    expect(judge(inspect(stream), narrowed)).toMatchObject({ ok: true })
  })

  test('never widen it', () => {
    const flat = withDescriptor((old) => old.replace('monolithicSparse', 'monolithicFlat'))
    const verdict = judge(inspect(flat), claim('vmdk', { vmdkAllowedTypes: ['monolithicFlat'] }))
    expect(verdict).toEqual({ ok: false, message: 'Image failed safety checks' })
  })
})
