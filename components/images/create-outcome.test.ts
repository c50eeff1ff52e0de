import { describe, expect, it } from 'vitest'
import { type FormatRules, verdictOf } from '@/components/uploads/file-verdict'
import { type Inspection, inspectSlices } from '@/lib/formats/inspector'
import { outcomeOf, quotaLines } from './create-outcome'

const GIB = 1024 ** 3
const bare = (diskFormat: string) => ({ diskFormat, containerFormat: 'bare' })
const plain: FormatRules = {
  disk: ['raw', 'qcow2', 'iso', 'ploop'],
  container: ['bare', 'ova', 'compressed'],
  requireMatch: false,
  gptNonFatalChecks: [],
  vmdkAllowedTypes: [],
  decompresses: false,
  convertsTo: null,
}
const toRaw = { ...plain, convertsTo: 'raw' }

function inspect(head: readonly number[], virtualSize = 0, at = 0): Promise<Inspection> {
  const bytes = new Uint8Array(128 * 1024)
  const view = new DataView(bytes.buffer)
  bytes.set(head, at)
  if (virtualSize > 0) {
    view.setUint32(4, 3)
    view.setBigUint64(24, BigInt(virtualSize))
  }
  return inspectSlices(bytes.length, async (start, end) => bytes.slice(start, end))
}
const qcow2 = () => inspect([0x51, 0x46, 0x49, 0xfb], 20 * GIB)
const gzip = () => inspect([0x1f, 0x8b, 8, 0])
const sizes = { sizeBytes: 2 * GIB, dataBytes: 1.5 * GIB }

describe('what becomes of a file', () => {
  it('is itself where nothing converts it', async () => {
    expect(outcomeOf(await qcow2(), bare('qcow2'), plain, sizes)).toEqual({ kind: 'kept', sizeBytes: 2 * GIB })
    expect(outcomeOf(await inspect([0xeb], 0), bare('raw'), toRaw, sizes).kind).toBe('kept')
    expect(outcomeOf(undefined, bare('raw'), toRaw, sizes).kind).toBe('kept')
  })

  it('is a raw disk of its virtual size, which takes what it holds and stages both', async () => {
    expect(outcomeOf(await qcow2(), bare('qcow2'), toRaw, sizes)).toEqual({
      kind: 'converted',
      from: 'qcow2',
      to: 'raw',
      sizeBytes: 20 * GIB,
      dataBytes: 1.5 * GIB,
      stagingBytes: 22 * GIB,
    })
  })

  it('has a size that nobody knows before, in a format that is not raw', async () => {
    const outcome = outcomeOf(await inspect([0xeb]), bare('raw'), { ...plain, convertsTo: 'qcow2' }, sizes)
    expect(outcome).toMatchObject({ kind: 'converted', to: 'qcow2', sizeBytes: null, stagingBytes: 4 * GIB })
  })

  it('is what was packed, unless the image is to be compressed', async () => {
    const rules = { ...toRaw, decompresses: true }
    expect(outcomeOf(await gzip(), bare('raw'), rules, sizes)).toEqual({ kind: 'unpacked', convertsTo: 'raw' })
    const compressed = { diskFormat: 'raw', containerFormat: 'compressed' }
    expect(outcomeOf(await gzip(), compressed, { ...plain, decompresses: true }, sizes).kind).toBe('kept')
  })
})

describe('what an import will say of a file', () => {
  it('is that it cannot convert what is registered as something else', async () => {
    expect(verdictOf(await qcow2(), bare('raw'), 'a.qcow2', toRaw)).toMatchObject({
      tone: 'danger',
      fix: bare('qcow2'),
    })
    expect(verdictOf(await qcow2(), bare('qcow2'), 'a.qcow2', toRaw).tone).toBe('ok')
    expect(verdictOf(await gzip(), bare('raw'), 'a.gz', toRaw).tone).not.toBe('ok')
  })

  it('is that it unpacks what is compressed', async () => {
    const rules = { ...plain, requireMatch: true, decompresses: true }
    expect(verdictOf(await gzip(), bare('qcow2'), 'a.qcow2.gz', rules)).toMatchObject({ tone: 'ok', fix: null })
  })

  it('asks for a tick where it would take what contradicts the content', async () => {
    expect(verdictOf(await qcow2(), bare('raw'), 'a.img', plain).contradicts).toBe(true)
    expect(verdictOf(await qcow2(), bare('qcow2'), 'a.img', plain).contradicts).toBeUndefined()
  })
})

describe('the limits of a project', () => {
  const usage = [
    { name: 'image_size_total', used: 40 * GIB, limit: 50 * GIB },
    { name: 'image_stage_total', used: 0, limit: 30 * GIB },
    { name: 'image_count_total', used: 9, limit: 9 },
    { name: 'image_count_uploading', used: 0, limit: null },
  ] as const
  const afterwards = (name: string, lines: ReturnType<typeof quotaLines>) => {
    const line = lines.find((one) => one.name === name)
    return [line?.after, line?.excess]
  }

  it('count an image without data as one image, and nothing else', () => {
    const lines = quotaLines(usage, null, { sizeBytes: 0, storeCount: 1, isStaged: true })
    expect(lines.map(({ name, after, excess }) => [name, after, excess])).toEqual([
      ['image_size_total', 40 * GIB, 0],
      ['image_stage_total', 0, 0],
      ['image_count_total', 10, 1],
    ])
  })

  it('count data once for each store, and what is staged for an import', () => {
    const kept = { kind: 'kept', sizeBytes: 6 * GIB } as const
    const lines = quotaLines(usage, kept, { sizeBytes: 6 * GIB, storeCount: 2, isStaged: true })
    expect(afterwards('image_size_total', lines)).toEqual([52 * GIB, 2 * GIB])
    expect(afterwards('image_stage_total', lines)).toEqual([6 * GIB, 0])
    const direct = quotaLines(usage, kept, { sizeBytes: 6 * GIB, storeCount: 1, isStaged: false })
    expect(afterwards('image_stage_total', direct)).toEqual([0, 0])
  })

  it('count what a conversion makes of it', async () => {
    const outcome = outcomeOf(await qcow2(), bare('qcow2'), toRaw, sizes)
    const lines = quotaLines(usage, outcome, { sizeBytes: 2 * GIB, storeCount: 1, isStaged: true })
    expect(afterwards('image_size_total', lines)).toEqual([60 * GIB, 10 * GIB])
    expect(afterwards('image_stage_total', lines)).toEqual([22 * GIB, 0])
  })
})
