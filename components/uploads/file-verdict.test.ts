import { describe, expect, it } from 'vitest'
import { type Inspection, inspectSlices } from '@/lib/formats/inspector'
import { type FormatRules, suggestClaim, verdictOf } from './file-verdict'

const rules: FormatRules = {
  disk: ['raw', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi', 'iso', 'ploop'],
  container: ['bare', 'ova', 'compressed'],
  requireMatch: true,
  gptNonFatalChecks: [],
  vmdkAllowedTypes: ['streamOptimized', 'monolithicSparse'],
  decompresses: false,
  convertsTo: null,
}

const bare = (diskFormat: string | null) => ({ diskFormat, containerFormat: 'bare' })

function inspect(fill: (bytes: Uint8Array, view: DataView) => void, sizeBytes = 128 * 1024): Promise<Inspection> {
  const bytes = new Uint8Array(sizeBytes)
  fill(bytes, new DataView(bytes.buffer))
  return inspectSlices(sizeBytes, async (start, end) => bytes.slice(start, end))
}

const magic = (text: string) => new TextEncoder().encode(text)

function qcow2(backing = 0): Promise<Inspection> {
  return inspect((bytes, view) => {
    bytes.set([0x51, 0x46, 0x49, 0xfb])
    view.setUint32(4, 3)
    view.setBigUint64(8, BigInt(backing))
    view.setBigUint64(24, 20n * 1024n ** 3n)
  })
}

describe('suggestClaim', () => {
  it('goes by the content, whatever the name says', async () => {
    expect(suggestClaim(await qcow2(), 'disk.vmdk', rules)).toEqual(bare('qcow2'))
  })

  it('takes an archive for an appliance only when its name says so', async () => {
    const tar = await inspect((bytes) => bytes.set(magic('ustar'), 257))
    expect(suggestClaim(tar, 'router.ova', rules)).toEqual({ diskFormat: 'vmdk', containerFormat: 'ova' })
    expect(suggestClaim(tar, 'files.tar', rules)).toEqual(bare('raw'))
  })

  it('looks into the name of a compressed file for what it holds', async () => {
    const gzip = await inspect((bytes) => bytes.set([0x1f, 0x8b]))
    expect(suggestClaim(gzip, 'a.qcow2.gz', rules)).toEqual({ diskFormat: 'qcow2', containerFormat: 'compressed' })
    expect(suggestClaim(gzip, 'a.gz', rules)).toEqual({ diskFormat: 'raw', containerFormat: 'compressed' })
  })
})

describe('verdictOf', () => {
  it('accepts what fits', async () => {
    expect(verdictOf(await qcow2(), bare('qcow2'), 'a.img', rules)).toMatchObject({ tone: 'ok', fix: null })
  })

  it('foresees the refusal of a mismatch and offers the right format', async () => {
    const verdict = verdictOf(await qcow2(), bare('vmdk'), 'a.img', rules)
    expect(verdict).toMatchObject({ tone: 'danger', fix: bare('qcow2') })
  })

  it('warns of a disk claimed raw, which the server would take', async () => {
    expect(verdictOf(await qcow2(), bare('raw'), 'a.img', rules)).toMatchObject({ tone: 'warn', fix: bare('qcow2') })
  })

  it('offers nothing for a file that no format makes safe, and says why', async () => {
    const verdict = verdictOf(await qcow2(512), bare('qcow2'), 'a.qcow2', rules)
    expect(verdict).toMatchObject({ tone: 'danger', fix: null })
    expect(verdict.text).toContain('backing file')
  })

  it('asks for formats that are not chosen yet', async () => {
    expect(verdictOf(await qcow2(), bare(null), 'a.img', rules)).toMatchObject({ tone: 'warn', fix: bare('qcow2') })
  })

  it('says when nothing was recognised', async () => {
    const zeros = await inspect(() => undefined)
    expect(verdictOf(zeros, bare('raw'), 'a.img', rules)).toMatchObject({ tone: 'warn', fix: null })
    expect(verdictOf(await inspect(() => undefined, 0), bare('raw'), 'a.img', rules).tone).toBe('danger')
  })
})
