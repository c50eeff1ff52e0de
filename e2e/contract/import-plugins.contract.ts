import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { compressedBy, zipOf } from '@/lib/imports/steps/test-archives'
import { admin, type Caller, member } from './support/api'
import { type FormatName, makeFormatFiles } from './support/format-files'
import { createImage, rawBare, showImage } from './support/images'
import { defect, release, row, setting } from './support/row'

const tasksSchema = z.object({ tasks: z.array(z.object({ status: z.string(), message: z.string().nullable() })) })

/** Stages bytes and asks for their import; the image's id. */
async function asked(bytes: Buffer, fields: object = {}, caller: Caller = member): Promise<string> {
  const { id } = await createImage({ ...rawBare, ...fields }, caller)
  const headers = { 'Content-Type': 'application/octet-stream' }
  expect((await caller.put(`/v2/images/${id}/stage`, { body: bytes, headers })).status).toBe(204)
  const json = { method: { name: 'glance-direct' } }
  expect((await caller.post(`/v2/images/${id}/import`, { json })).status).toBe(202)
  return id
}

/** The image when its import is over, and the task's end. */
async function imported(bytes: Buffer, fields: object = {}, caller: Caller = member) {
  const id = await asked(bytes, fields, caller)
  for (let tries = 0; ; tries++) {
    const [task] = tasksSchema.parse(JSON.parse((await caller.get(`/v2/images/${id}/tasks`)).text)).tasks
    if (task?.status === 'success' || task?.status === 'failure') return { task, image: await showImage(id, caller) }
    if (tries === 200) throw new Error(`the import of ${id} did not end: ${JSON.stringify(task)}`)
    await delay(100)
  }
}

async function expectQueued(bytes: Buffer, fields: object, reason: RegExp): Promise<void> {
  const { image, task } = await imported(bytes, fields)
  expect(task).toEqual({ status: 'failure', message: expect.stringMatching(reason) })
  expect(image).toMatchObject({ status: 'queued', size: null, checksum: null, os_glance_failed_import: 'file' })
  expect((await member.get(`/v2/images/${image.id}/file`)).status).toBe(204)
}

const download = async (id: string) => (await member.get(`/v2/images/${id}/file`)).body

/** Random data between runs of zeros. */
const disk = Buffer.concat([Buffer.from('a disk'), randomBytes(700_000), Buffer.alloc(2_000_000), randomBytes(3)])

const packed: readonly (readonly [string, Buffer, boolean])[] = [
  ['gzip', gzipSync(disk), true],
  ['a zip archive of one file', zipOf([{ name: 'disk', bytes: disk }]), true],
  ['xz', compressedBy('xz', disk), false],
  ['bzip2', compressedBy('bzip2', disk), false],
  ['zstd', compressedBy('zstd', disk), false],
]

describe('8.7 image_decompression', () => {
  for (const [what, bytes, isKnownThere] of packed)
    row(
      `8.7 ${what} is unpacked before it is stored`,
      isKnownThere ? undefined : setting('it unpacks gzip, zip and lha'),
      async () => {
        const { image, task } = await imported(bytes)
        expect(task).toMatchObject({ status: 'success' })
        const checksum = createHash('md5').update(disk).digest('hex')
        expect(image).toMatchObject({ status: 'active', size: disk.length, virtual_size: disk.length, checksum })
        expect((await download(image.id)).equals(disk)).toBe(true)
      },
    )

  row('8.7 nothing is done for the container compressed', async () => {
    const bytes = gzipSync(disk)
    const { image } = await imported(bytes, { container_format: 'compressed' })
    expect(image).toMatchObject({ status: 'active', size: bytes.length })
  })

  row('8.7 an archive of two files', defect('the image stays importing'), async () => {
    const files = ['a', 'b'].map((name) => ({ name, bytes: disk }))
    await expectQueued(zipOf(files), {}, /2 files/)
  })

  row('8.7 damaged data', defect('the image stays importing'), async () => {
    await expectQueued(gzipSync(disk).subarray(0, -9), {}, /damaged/)
    await expectQueued(compressedBy('xz', disk).subarray(0, -9), {}, /xz failed/)
  })

  row('8.7 a bomb', defect('it knows no limit'), async () => {
    await expectQueued(gzipSync(Buffer.alloc(70 * 2 ** 20)), {}, /more than 500 times/)
  })
})

describe('8.7 inject_image_metadata', () => {
  row('8.7 properties come with the import, over those that were there', async () => {
    expect((await imported(disk, { imported_by: 'me' })).image).toMatchObject({ imported_by: 'glimpse' })
  })

  row('8.7 not for administrators', async () => {
    expect((await imported(disk, {}, admin)).image).not.toHaveProperty('imported_by')
  })
})

const formats = await makeFormatFiles()
const fileOf = (name: FormatName): Buffer => {
  const file = formats.get(name)
  if (file === undefined) throw new Error(`no ${name}`)
  return file.bytes
}
const raw = { disk_format: 'raw', container_format: 'bare' }
const of = (disk_format: string, container_format = 'bare') => ({ disk_format, container_format })
const diskBytes = 8 * 2 ** 20
const hasNoVhd = defect('it asks qemu-img for a format that has another name there')

describe('8.7 image_conversion', () => {
  const converted: readonly (readonly [string, FormatName, string, Parameters<typeof row>[1]])[] = [
    ['qcow2', 'qcow2', 'bare', undefined],
    ['qcow2 in an ovf container', 'qcow2', 'ovf', undefined],
    ['vmdk', 'vmdk-sparse', 'bare', undefined],
    ['vmdk as a stream', 'vmdk-stream', 'bare', undefined],
    ['vdi', 'vdi', 'bare', undefined],
    ['vhdx', 'vhdx', 'bare', undefined],
    ['vhd', 'vhd-dynamic', 'bare', hasNoVhd],
  ]
  for (const [what, name, container, difference] of converted)
    row(`8.7 ${what} becomes raw and bare`, typeof difference === 'object' ? difference : undefined, async () => {
      const [format = ''] = name.split('-')
      const { image, task } = await imported(fileOf(name), of(format, container))
      expect(task).toMatchObject({ status: 'success' })
      expect(image).toMatchObject({ ...raw, status: 'active', size: image.virtual_size })
      expect(image.size).toBeGreaterThanOrEqual(diskBytes)
      const expected = name === 'vmdk-stream' ? Buffer.alloc(diskBytes, 'glimpse ') : Buffer.alloc(Number(image.size))
      expect((await download(image.id)).equals(expected)).toBe(true)
    })

  row('8.7 what is packed is unpacked first', async () => {
    const { image } = await imported(gzipSync(fileOf('qcow2')), of('qcow2'))
    expect(image).toMatchObject({ ...raw, status: 'active', size: diskBytes, virtual_size: diskBytes })
  })

  row('8.7 raw data stays as it is, also a disk with partitions', async () => {
    for (const name of ['raw', 'mbr'] as const) {
      const { image } = await imported(fileOf(name))
      expect(image).toMatchObject({ ...raw, status: 'active', size: fileOf(name).length })
    }
  })

  row('8.7 an ISO stays an ISO', async () => {
    const { image } = await imported(fileOf('iso-toy'), of('iso'))
    expect(image).toMatchObject({ ...of('iso'), status: 'active', virtual_size: null })
  })

  const nested = () => {
    const folder = mkdtempSync(join(tmpdir(), 'contract-nested-'))
    try {
      writeFileSync(join(folder, 'inner'), fileOf('qcow2'))
      execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', join(folder, 'inner'), join(folder, 'outer')])
      return readFileSync(join(folder, 'outer'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  /** Without the tables that its header names. */
  const cut = () => fileOf('vmdk-stream').subarray(0, 90_000)

  const refused: readonly (readonly [string, () => Buffer, string, RegExp])[] = [
    ['an ISO as raw', () => fileOf('iso'), 'raw', /does not match/],
    ['a qcow2 as raw', () => fileOf('qcow2'), 'raw', /does not match/],
    ['raw data as a qcow2', () => fileOf('raw'), 'qcow2', /does not match/],
    ['a qcow2 with a backing file', () => fileOf('qcow2-backing'), 'qcow2', /disallowed configuration/],
    ['a qcow2 with an external data file', () => fileOf('qcow2-data-file'), 'qcow2', /disallowed configuration/],
    ['a vmdk that names a path', () => fileOf('vmdk-path'), 'vmdk', /disallowed configuration/],
    ['a qcow2 in a qcow2', nested, 'qcow2', /does not match/],
  ]
  for (const [what, bytes, format, reason] of refused)
    row(`8.7 ${what} is refused`, release('its messages say less'), () => expectQueued(bytes(), of(format), reason))

  row('8.7 tables that lead nowhere', defect('it reads zeros there'), async () => {
    const damaged = Buffer.from(fileOf('qcow2'))
    damaged.writeBigUInt64BE((1n << 63n) | 0x7fff_0000n, Number(damaged.readBigUInt64BE(40)))
    await expectQueued(damaged, of('qcow2'), /qemu-img failed/)
    await expectQueued(cut(), of('vmdk'), /qemu-img failed|disallowed/)
  })
})
