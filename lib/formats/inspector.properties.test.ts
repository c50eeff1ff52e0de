import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFormatInspector, inspectSlices } from './inspector'
import { earlyRefusal, type FormatClaim, judge } from './judge'
import {
  claim,
  hybridIso,
  inspect,
  isoImage,
  linuxPartition,
  mbrDisk,
  protectivePartition,
  TestImages,
  vhdxImage,
} from './test-images'

let images: TestImages
let bases: readonly Uint8Array[]

beforeAll(() => {
  images = new TestImages()
  images.write(
    'raw',
    Uint8Array.from({ length: 200_000 }, (_, at) => at ** 2 % 251),
  )
  const descriptor = images.create('flat.vmdk', ['-f', 'vmdk', '-o', 'subformat=monolithicFlat'])
  const lateType = new TextEncoder().encode(`${'# padding\n'.repeat(6000)}createType="vmfs"\n`)
  bases = [
    images.create('qcow2', ['-f', 'qcow2']),
    images.create('sparse.vmdk', ['-f', 'vmdk']),
    images.convert('raw', 'stream.vmdk', ['-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized']),
    images.create('vdi', ['-f', 'vdi'], '1M'),
    images.create('dynamic.vhd', ['-f', 'vpc']),
    images.create('fixed.vhd', ['-f', 'vpc', '-o', 'subformat=fixed'], '128k'),
    images.create('qed', ['-f', 'qed']),
    images.createLuks('luks').subarray(0, 100_000),
    descriptor,
    lateType,
    vhdxImage(),
    isoImage(),
    hybridIso(),
    mbrDisk([linuxPartition]),
    mbrDisk([protectivePartition]),
    images.read('raw'),
    new Uint8Array(),
  ].map((image) => image.subarray(0, 330 * 1024))
})
afterAll(() => images.remove())

/** Where headers and tables lie. */
const place = fc.oneof(
  { weight: 4, arbitrary: fc.nat(512) },
  { weight: 2, arbitrary: fc.nat(2048) },
  { weight: 1, arbitrary: fc.nat(140).map((at) => 32 * 1024 + at) },
  { weight: 1, arbitrary: fc.nat(100).map((at) => 192 * 1024 + at) },
  { weight: 1, arbitrary: fc.nat(100).map((at) => 256 * 1024 + at) },
  { weight: 1, arbitrary: fc.nat(330 * 1024) },
)
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  fc.constantFrom(...[1, 2, 4, 8].map((length) => new Uint8Array(length).fill(0xff))),
  fc
    .constantFrom(
      'QFI\xfb',
      'QED\0',
      'conectix',
      'vhdxfile',
      'KDMV',
      '\x7f\x10\xda\xbe',
      'CD001',
      '\x55\xaa',
      'LUKS\xba\xbe',
    )
    .map((magic) => Uint8Array.from(magic, (letter) => letter.charCodeAt(0))),
)
const changes = fc.record({
  base: fc.nat(),
  edits: fc.array(fc.tuple(place, bytes), { maxLength: 6 }),
  keptBytes: fc.oneof({ weight: 3, arbitrary: fc.constant(Number.POSITIVE_INFINITY) }, place),
})

/** An image that qemu-img made, damaged or made hostile. */
function damaged({ base, edits, keptBytes }: { base: number; edits: [number, Uint8Array][]; keptBytes: number }) {
  const image = Uint8Array.from(bases[base % bases.length] ?? [])
  for (const [at, edit] of edits) {
    const room = image.subarray(Math.min(at, image.byteLength))
    room.set(edit.subarray(0, room.byteLength))
  }
  return image.subarray(0, keptBytes)
}

const cuts = fc.array(fc.oneof(place, fc.constantFrom(0, 1, 511, 512, 513, 1024, 32768, 32769, 65536, 262144)), {
  maxLength: 12,
})

/** The pieces between the cuts, each in memory that is overwritten as soon as it was shown. */
function* pieces(image: Uint8Array, at: readonly number[]): Generator<Uint8Array> {
  const edges = [0, ...at.map((edge) => Math.min(edge, image.byteLength)).sort((one, other) => one - other)]
  for (const [index, start] of edges.entries()) {
    const piece = image.slice(start, edges[index + 1] ?? image.byteLength)
    yield piece
    piece.fill(0xee)
  }
}

const claims: readonly FormatClaim[] = [
  ...['raw', 'qcow2', 'vmdk', 'vhd', 'iso', 'ami'].map((format) => claim(format)),
  claim('qcow2', { requireMatch: false, gptNonFatalChecks: ['mbr'] }),
]

describe('for any image, sound or hostile', () => {
  test('the inspection does not depend on how the stream is cut', () => {
    fc.assert(
      fc.property(changes, cuts, (change, at) => {
        const image = damaged(change)
        const inspector = createFormatInspector()
        for (const piece of pieces(image, at)) inspector.push(piece)
        expect(inspector.finish()).toEqual(inspect(image))
      }),
      { numRuns: 400 },
    )
  })

  test('an early refusal is what the verdict says in the end', () => {
    fc.assert(
      fc.property(changes, cuts, fc.constantFrom(...claims), (change, at, claimed) => {
        const inspector = createFormatInspector()
        const refusals = new Set<string>()
        for (const piece of pieces(damaged(change), at)) {
          inspector.push(piece)
          const refusal = earlyRefusal(inspector, claimed)
          if (refusal === undefined) expect(refusals.size).toBe(0)
          else refusals.add(refusal)
        }
        const verdict = judge(inspector.finish(), claimed)
        for (const message of refusals) expect(verdict).toEqual({ ok: false, message })
      }),
      { numRuns: 400 },
    )
  })

  test('a few short reads give the same inspection as the whole stream', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        const image = damaged(change)
        let readBytes = 0
        const inspection = await inspectSlices(image.byteLength, async (start, end) => {
          readBytes += end - start
          return image.slice(start, end)
        })
        expect(inspection).toEqual(inspect(image))
        expect(readBytes).toBeLessThan(200 * 1024)
      }),
      { numRuns: 200 },
    )
  })

  test('sizes are positive exact numbers or unknown, and every finding belongs to a match', () => {
    fc.assert(
      fc.property(changes, (change) => {
        const { virtualSizeBytes, safety, matches } = inspect(damaged(change))
        expect(virtualSizeBytes === null || (Number.isSafeInteger(virtualSizeBytes) && virtualSizeBytes > 0)).toBe(true)
        for (const { format, reason } of safety) {
          expect(matches).toContain(format)
          expect(reason).not.toBe('')
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('gaps hide what lies in them and break nothing', () => {
    fc.assert(
      fc.property(changes, cuts, fc.array(fc.boolean(), { minLength: 13, maxLength: 13 }), (change, at, shown) => {
        const image = damaged(change)
        const inspector = createFormatInspector()
        for (const [index, piece] of [...pieces(image, at)].entries()) {
          if (shown[index]) inspector.push(piece)
          else inspector.skip(piece.byteLength)
          earlyRefusal(inspector, claim('raw'))
        }
        expect(inspector.finish().sizeBytes).toBe(image.byteLength)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a fixed VHD', () => {
  test('shows its footer behind a gap as well', async () => {
    const image = new Uint8Array(3 * 2 ** 20)
    image.set(bases[5]?.subarray(-512) ?? [], image.byteLength - 512)
    const inspection = await inspectSlices(image.byteLength, async (start, end) => image.slice(start, end))
    expect(inspection).toMatchObject({ format: 'raw', details: { vhd: { kind: 'fixed', isFooterOnly: true } } })
    expect(inspection).toEqual(inspect(image))
  })
})
