import { beforeAll, describe, expect } from 'vitest'
import { member } from './support/api'
import { expectFault, expectFaultWith, unsupportedMedia } from './support/fault'
import { type FormatFile, type FormatName, formatFiles, makeFormatFiles } from './support/format-files'
import { createImage, putFile, showImage } from './support/images'
import { release, row } from './support/row'

let files: ReadonlyMap<FormatName, FormatFile>

beforeAll(async () => {
  files = await makeFormatFiles()
}, 120_000)

const fileOf = (name: FormatName): FormatFile => {
  const file = files.get(name)
  if (file === undefined) throw new Error(`no file ${name}`)
  return file
}

async function upload(name: FormatName, diskFormat: string, containerFormat = 'bare') {
  const { id } = await createImage({ disk_format: diskFormat, container_format: containerFormat })
  return { id, response: await putFile(id, fileOf(name).bytes) }
}

async function accepted(name: FormatName, diskFormat: string, virtualSize: number | null, containerFormat = 'bare') {
  const { id, response } = await upload(name, diskFormat, containerFormat)
  expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
  const image = await showImage(id)
  expect({ status: image.status, size: image.size, virtual: image.virtual_size }).toEqual({
    status: 'active',
    size: fileOf(name).bytes.length,
    virtual: virtualSize,
  })
}

async function refused(name: FormatName, diskFormat: string, detail: string | RegExp) {
  const { id, response } = await upload(name, diskFormat)
  if (typeof detail === 'string') expectFault(response, 415, unsupportedMedia('application/octet-stream', detail))
  else {
    expectFaultWith(response, 415, 'The request media type application/octet-stream is not supported by this server.')
    expect(response.text).toMatch(detail)
  }
  // Nothing of the refused bytes stays, and a proper upload may follow.
  expect(await showImage(id)).toMatchObject({
    status: 'queued',
    size: null,
    virtual_size: null,
    checksum: null,
    os_hash_value: null,
  })
  expect((await member.get(`/v2/images/${id}/file`)).status).toBe(204)
}

const mebibyte = 1024 * 1024
const zed = release('accepts: it never refuses by format')
const unsafe = 'Image failed safety checks'
const mismatch = (diskFormat: string, data: string) =>
  `Image disk_format ${diskFormat} does not match stream data ${data}`

describe('12.3 content that is what it claims', () => {
  for (const [name, format, virtualSize] of [
    ['qcow2', 'qcow2', 8 * mebibyte],
    ['qcow2-v2', 'qcow2', 8 * mebibyte],
    ['qcow2-zstd', 'qcow2', 8 * mebibyte],
    ['vmdk-sparse', 'vmdk', 8 * mebibyte],
    ['vmdk-stream', 'vmdk', 8 * mebibyte],
    ['vhdx', 'vhdx', 8 * mebibyte],
  ] as const)
    row(`12.3 ${name} as ${format}: its virtual size comes from the header`, () => accepted(name, format, virtualSize))

  row(
    '12.3 vmdk-footer as vmdk: its virtual size comes from the header',
    release('null: it does not read the footer of a stream'),
    () => accepted('vmdk-footer', 'vmdk', 8 * mebibyte),
  )

  row('12.3 vdi as vdi: its virtual size comes from the header', () => accepted('vdi', 'vdi', 8 * mebibyte))

  row('12.3 vhd dynamic as vhd: its virtual size comes from the header', async () => {
    const { id, response } = await upload('vhd-dynamic', 'vhd')
    expect(response.status).toBe(204)
    // QEMU rounds a VHD up to whole cylinders.
    expect((await showImage(id)).virtual_size).toBe(fileOf('vhd-dynamic').virtualSizeBytes)
  })

  row('12.3 raw as raw: virtual size is the byte count', () => accepted('raw', 'raw', fileOf('raw').bytes.length))

  row(
    '12.3 iso as iso: its virtual size comes from the header',
    release('null: it does not look into iso'),
    async () => {
      const { id, response } = await upload('iso', 'iso')
      expect(response.status).toBe(204)
      expect((await showImage(id)).virtual_size).toBe(fileOf('iso').virtualSizeBytes)
    },
  )

  row('12.3 iso without a primary descriptor as iso: virtual size null', () => accepted('iso-toy', 'iso', null))

  row('12.3 iso and gpt hybrid as iso', () => accepted('iso-gpt', 'iso', null))

  row('12.2 a disk with a partition table as raw', () => accepted('mbr', 'raw', fileOf('mbr').bytes.length))

  row('12.2 a FAT boot sector is no partition table', () => accepted('fat', 'raw', fileOf('fat').bytes.length))
})

describe('12.3 raw claims over other content', () => {
  for (const name of ['qcow2', 'vmdk-sparse', 'vdi', 'vhdx', 'iso', 'luks'] as const)
    row(`12.3 ${name} as raw: allowed, virtual size is the byte count`, () =>
      accepted(name, 'raw', fileOf(name).bytes.length),
    )

  for (const format of ['ploop', 'ami', 'ari', 'aki'])
    row(`12.3 raw content as ${format}: allowed, virtual size null`, () => accepted('raw', format, null))
})

describe('12.3 mismatches: 415', () => {
  for (const [name, format, data] of [
    ['raw', 'qcow2', 'raw'],
    ['raw', 'iso', 'raw'],
    ['raw', 'vmdk', 'raw'],
    ['qcow2', 'vmdk', 'qcow2'],
    ['qcow2', 'ami', 'qcow2'],
    ['qcow2', 'vhd', 'qcow2'],
    ['vmdk-sparse', 'qcow2', 'vmdk'],
    ['vdi', 'qcow2', 'vdi'],
    ['vhd-dynamic', 'vhdx', 'vhd'],
    ['vhdx', 'vhd', 'vhdx'],
    ['iso', 'qcow2', 'iso'],
    ['vhd-fixed', 'vhd', 'raw'],
    ['mbr', 'qcow2', 'gpt'],
    ['mbr-empty', 'aki', 'gpt'],
    ['luks', 'qcow2', 'luks'],
  ] as const)
    row(`12.3 ${name} as ${format}: 415`, zed, () => refused(name, format, mismatch(format, data)))

  row('12.3 iso and gpt hybrid as raw: 415', zed, () =>
    refused('iso-gpt', 'raw', /Multiple formats detected: (iso,gpt|gpt,iso)/),
  )
})

describe('12.5 safety checks: 415', () => {
  for (const [name, format] of [
    ['qcow2-backing', 'qcow2'],
    ['qcow2-backing', 'raw'],
    ['qcow2-data-file', 'qcow2'],
    ['qcow2-data-file', 'raw'],
    ['qcow2-extended-l2', 'qcow2'],
    ['qcow2-version-4', 'qcow2'],
    ['qcow2-unknown-feature', 'qcow2'],
    ['vmdk-flat', 'vmdk'],
    ['vmdk-flat', 'raw'],
    ['vmdk-path', 'vmdk'],
    ['vmdk-path', 'raw'],
    ['vmdk-no-extent', 'vmdk'],
    ['vmdk-footer-version', 'vmdk'],
    ['mbr-empty', 'raw'],
    ['mbr-bad-flag', 'raw'],
    ['mbr-protective-second', 'raw'],
    ['luks-2', 'raw'],
    ['qed', 'raw'],
  ] as const satisfies readonly (readonly [FormatName, string])[])
    row(`12.5 ${name} as ${format}: 415`, zed, () => refused(name, format, unsafe))

  for (const name of ['qcow2-dirty', 'qcow2-corrupt'] as const)
    row(`12.5 ${name}: passes`, () => accepted(name, 'qcow2', 8 * mebibyte))
})

describe('12.1 other containers: nothing is inspected', () => {
  for (const container of ['ovf', 'docker', 'ova', 'compressed'])
    row(`12.1 qcow2 with a backing file as raw in ${container}: virtual size null`, () =>
      accepted('qcow2-backing', 'raw', null, container),
    )
})

describe('12.3 what was refused', () => {
  row('7.1 another upload to the same image succeeds', zed, async () => {
    const { id, response } = await upload('raw', 'qcow2')
    expect(response.status).toBe(415)
    expect((await putFile(id, fileOf('qcow2').bytes)).status).toBe(204)
    expect(await showImage(id)).toMatchObject({ status: 'active', virtual_size: 8 * mebibyte })
  })

  row('12.2 the files made for these rows are all used', async () => {
    expect([...files.keys()].sort()).toEqual([...formatFiles].sort())
  })
})
