import { describe, expect, test } from 'vitest'
import { createFormatInspector } from './inspector'
import { earlyRefusal, judge } from './judge'
import { claim, hybridIso, inspect, isoImage, linuxPartition, mbrDisk, protectivePartition } from './test-images'

/** A qcow2 header: version, offset of the backing file, incompatible features, virtual size 1 MiB. */
function qcow2Image(header: { version?: number; backing?: bigint; features?: bigint } = {}): Uint8Array {
  const image = new Uint8Array(64 * 1024)
  const view = new DataView(image.buffer)
  image.set([0x51, 0x46, 0x49, 0xfb])
  view.setUint32(4, header.version ?? 3)
  view.setBigUint64(8, header.backing ?? 0n)
  view.setBigUint64(24, 2n ** 20n)
  view.setBigUint64(72, header.features ?? 0n)
  return image
}

function over(image: Uint8Array, at: number, text: string): Uint8Array {
  const copy = Uint8Array.from(image)
  copy.set(
    Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
    at,
  )
  return copy
}

const unsafe = { ok: false, message: 'Image failed safety checks' }

describe('qcow2 headers', () => {
  test.each([
    ['no feature', {}],
    ['dirty, corrupt and compression type', { features: 0b1011n }],
    ['version 2, where the feature bytes mean something else', { version: 2, features: 2n ** 64n - 1n }],
  ])('are safe with %s', (_, header) => {
    expect(judge(inspect(qcow2Image(header)), claim('qcow2'))).toEqual({ ok: true, virtualSizeBytes: 2 ** 20 })
  })

  test.each([
    ['version 0', { version: 0 }],
    ['version 1', { version: 1 }],
    ['version 4', { version: 4 }],
    ['a backing file', { backing: 104n }],
    ['a backing file in version 2', { version: 2, backing: 72n }],
    ['a backing file far away', { backing: 2n ** 63n }],
    ['a data file', { features: 4n }],
    ['extended level 2', { features: 16n }],
    ['the highest feature', { features: 2n ** 63n }],
    ['feature 32', { features: 2n ** 32n }],
  ])('are unsafe with %s, also as raw', (_, header) => {
    for (const diskFormat of ['qcow2', 'raw']) {
      expect(judge(inspect(qcow2Image(header)), claim(diskFormat))).toEqual(unsafe)
    }
  })

  test('count even when the file is shorter than a header', () => {
    expect(judge(inspect(qcow2Image({ backing: 104n }).subarray(0, 120)), claim('raw'))).toEqual(unsafe)
  })
})

describe('several formats in one image', () => {
  test.each([
    ['qcow2 with a boot sector', over(qcow2Image(), 510, '\x55\xaa'), 'qcow2,gpt'],
    ['qcow2 with a volume descriptor', over(qcow2Image(), 32769, 'CD001'), 'qcow2,iso'],
    ['an ISO that starts as VMDK', over(isoImage(), 0, 'KDMV'), 'vmdk,iso'],
    ['VDI inside qcow2', over(qcow2Image(), 64, '\x7f\x10\xda\xbe'), 'qcow2,vdi'],
    ['three of them', over(over(hybridIso(), 0, 'LUKS\xba\xbe\0\x01'), 32769, 'NSR03'), 'iso,gpt,luks'],
  ])('are refused under any claim: %s', (_, image, names) => {
    const message = `Multiple formats detected: ${names}`
    for (const diskFormat of ['raw', 'qcow2', 'iso', 'vmdk', 'ami']) {
      expect(judge(inspect(image), claim(diskFormat))).toEqual({ ok: false, message })
    }
  })

  test('are one format when the second magic lies in the data of a disk', () => {
    const disk = over(mbrDisk([linuxPartition], 2 ** 20), 512 * 1024, 'QFI\xfb')
    expect(inspect(disk).matches).toEqual(['gpt'])
  })

  test('are an ISO even if its boot sector would not be safe on a disk', () => {
    const image = hybridIso([linuxPartition, protectivePartition])
    expect(judge(inspect(image), claim('iso'))).toEqual({ ok: true, virtualSizeBytes: image.byteLength })
  })
})

describe('without required matches', () => {
  const lenient = (diskFormat: string) => claim(diskFormat, { requireMatch: false })

  test('a mismatch warns and leaves the virtual size open', () => {
    const warning = 'Image disk_format vmdk does not match stream data qcow2'
    expect(judge(inspect(qcow2Image()), lenient('vmdk'))).toEqual({ ok: true, virtualSizeBytes: null, warning })
  })

  test('a hybrid ISO as raw warns', () => {
    const warning = 'Multiple formats detected: iso,gpt'
    expect(judge(inspect(hybridIso()), lenient('raw'))).toEqual({ ok: true, virtualSizeBytes: null, warning })
  })

  test('unsafe content is refused, matching or not', () => {
    const image = inspect(qcow2Image({ backing: 104n }))
    for (const diskFormat of ['qcow2', 'vmdk', 'raw', 'ami']) expect(judge(image, lenient(diskFormat))).toEqual(unsafe)
  })

  test('several formats are refused when any of them is unsafe', () => {
    const image = inspect(over(qcow2Image({ backing: 104n }), 32769, 'CD001'))
    expect(judge(image, lenient('iso'))).toEqual(unsafe)
  })
})

describe('virtual sizes', () => {
  test.each([
    ['zero', 0n, null],
    ['one byte', 1n, 1],
    ['the largest exact number', 2n ** 53n - 1n, 2 ** 53 - 1],
    ['one more', 2n ** 53n, null],
    ['all bits', 2n ** 64n - 1n, null],
  ])('are known from %s', (_, size, expected) => {
    const image = qcow2Image()
    new DataView(image.buffer).setBigUint64(24, size)
    expect(judge(inspect(image), claim('qcow2'))).toEqual({ ok: true, virtualSizeBytes: expected })
  })
})

describe('a refusal while the image streams', () => {
  const afterBytes = (image: Uint8Array, diskFormat: string, shownBytes: number) => {
    const inspector = createFormatInspector()
    inspector.push(image.subarray(0, shownBytes))
    return earlyRefusal(inspector, claim(diskFormat))
  }

  test('comes within the first 33 KiB for another format and for unsafe content', () => {
    const shown = 33 * 1024
    expect(afterBytes(qcow2Image(), 'vmdk', shown)).toBe('Image disk_format vmdk does not match stream data qcow2')
    expect(afterBytes(new Uint8Array(65536), 'iso', shown)).toBe('Image disk_format iso does not match stream data raw')
    expect(afterBytes(qcow2Image({ backing: 1n }), 'raw', shown)).toBe(unsafe.message)
    expect(afterBytes(hybridIso(), 'raw', shown)).toBe('Multiple formats detected: iso,gpt')
  })

  test('does not come before another format could still turn up', () => {
    expect(afterBytes(qcow2Image({ backing: 1n }), 'vmdk', 32 * 1024)).toBeUndefined()
  })

  test('does not come for content that may be accepted', () => {
    for (const diskFormat of ['qcow2', 'raw']) expect(afterBytes(qcow2Image(), diskFormat, 65536)).toBeUndefined()
  })
})
