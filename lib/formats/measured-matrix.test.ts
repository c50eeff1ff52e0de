import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judge } from './judge'
import { claim, hybridIso, inspect, isoImage, linuxPartition, mbrDisk, TestImages } from './test-images'

const MiB = 1024 * 1024
const virtualSizeBytes = 64 * MiB
const files = new Map<string, Uint8Array>()
let images: TestImages

beforeAll(() => {
  images = new TestImages()
  const add = (name: string, bytes: Uint8Array) => files.set(name, bytes)
  add('raw', images.create('raw', ['-f', 'raw'], '1M'))
  add('qcow2', images.create('qcow2', ['-f', 'qcow2']))
  add('qcow2 v2', images.create('qcow2-v2', ['-f', 'qcow2', '-o', 'compat=0.10']))
  add('qcow2 backing', images.create('backing', ['-f', 'qcow2', '-b', 'raw', '-F', 'raw']))
  add('qcow2 v2 backing', images.create('backing-v2', ['-f', 'qcow2', '-o', 'compat=0.10', '-b', 'raw', '-F', 'raw']))
  add('qcow2 data file', images.create('data-file', ['-f', 'qcow2', '-o', 'data_file=data,data_file_raw=on']))
  add('qcow2 extended l2', images.create('extended', ['-f', 'qcow2', '-o', 'extended_l2=on,cluster_size=128k']))
  add('qcow2 zstd', images.convert('raw', 'zstd', ['-c', '-f', 'raw', '-O', 'qcow2', '-o', 'compression_type=zstd']))
  add('vmdk sparse', images.create('sparse.vmdk', ['-f', 'vmdk', '-o', 'subformat=monolithicSparse']))
  add(
    'vmdk stream',
    images.convert('raw', 'stream.vmdk', ['-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized']),
  )
  add('vmdk flat', images.create('flat.vmdk', ['-f', 'vmdk', '-o', 'subformat=monolithicFlat']))
  add('vmdk two gb', images.create('split.vmdk', ['-f', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse']))
  add('vmdk two gb extent', images.read('split-s001.vmdk'))
  add('vmdk with parent', images.create('child.vmdk', ['-f', 'vmdk', '-b', 'sparse.vmdk', '-F', 'vmdk']))
  add('vdi', images.create('vdi', ['-f', 'vdi']))
  add('vhd dynamic', images.create('dynamic.vhd', ['-f', 'vpc', '-o', 'subformat=dynamic,force_size=on']))
  add('vhd fixed', images.create('fixed.vhd', ['-f', 'vpc', '-o', 'subformat=fixed,force_size=on'], '1M'))
  add('vhdx', images.create('vhdx', ['-f', 'vhdx']))
  add('luks', images.createLuks('luks'))
  add('qed', images.create('qed', ['-f', 'qed']))
  const toyIso = isoImage()
  toyIso[32768] = 0
  add('iso', isoImage())
  add('iso without primary volume', toyIso)
  add('iso hybrid', hybridIso())
  add('mbr', mbrDisk([linuxPartition]))
  add('mbr empty', mbrDisk([], 512))
  add('nothing', new Uint8Array())
})
afterAll(() => images.remove())

const actual = 'size of the file'
const unsafe = 'Image failed safety checks'
const mismatch = (claimed: string, content: string) =>
  `Image disk_format ${claimed} does not match stream data ${content}`

describe('content under a claimed disk_format, container bare', () => {
  test.each<[string, string, number | null | typeof actual]>([
    ['qcow2', 'qcow2', virtualSizeBytes],
    ['qcow2 v2', 'qcow2', virtualSizeBytes],
    ['qcow2 zstd', 'qcow2', MiB],
    ['qcow2', 'raw', actual],
    ['raw', 'raw', actual],
    ['raw', 'ploop', null],
    ['raw', 'ami', null],
    ['vmdk sparse', 'vmdk', virtualSizeBytes],
    ['vmdk stream', 'vmdk', MiB],
    ['vmdk sparse', 'raw', actual],
    ['vdi', 'vdi', virtualSizeBytes],
    ['vhd dynamic', 'vhd', virtualSizeBytes],
    ['vhd fixed', 'raw', actual],
    ['vhdx', 'vhdx', virtualSizeBytes],
    ['luks', 'raw', actual],
    ['luks', 'luks', MiB],
    ['iso', 'iso', 24 * 2048],
    ['iso without primary volume', 'iso', null],
    ['iso', 'raw', actual],
    ['iso hybrid', 'iso', 24 * 2048],
    ['mbr', 'raw', actual],
    ['mbr', 'gpt', actual],
    ['nothing', 'raw', null],
    ['nothing', 'ari', null],
  ])('accepts %s as %s', (content, diskFormat, expected) => {
    const image = files.get(content) ?? expect.fail(`no image ${content}`)
    const sizeBytes = expected === actual ? image.byteLength : expected
    expect(judge(inspect(image), claim(diskFormat))).toEqual({ ok: true, virtualSizeBytes: sizeBytes })
  })

  test.each([
    ['qcow2', 'vmdk', mismatch('vmdk', 'qcow2')],
    ['qcow2', 'ami', mismatch('ami', 'qcow2')],
    ['raw', 'qcow2', mismatch('qcow2', 'raw')],
    ['raw', 'iso', mismatch('iso', 'raw')],
    ['nothing', 'qcow2', mismatch('qcow2', 'raw')],
    ['qcow2 backing', 'qcow2', unsafe],
    ['qcow2 backing', 'raw', unsafe],
    ['qcow2 v2 backing', 'qcow2', unsafe],
    ['qcow2 data file', 'qcow2', unsafe],
    ['qcow2 data file', 'raw', unsafe],
    ['qcow2 extended l2', 'qcow2', unsafe],
    ['vmdk flat', 'vmdk', unsafe],
    ['vmdk flat', 'raw', unsafe],
    ['vmdk flat', 'qcow2', mismatch('qcow2', 'vmdk')],
    ['vmdk two gb', 'vmdk', unsafe],
    ['vmdk two gb extent', 'vmdk', unsafe],
    ['vmdk with parent', 'vmdk', unsafe],
    ['vhd fixed', 'vhd', mismatch('vhd', 'raw')],
    ['qed', 'qed', unsafe],
    ['qed', 'raw', unsafe],
    ['qed', 'qcow2', mismatch('qcow2', 'qed')],
    ['iso hybrid', 'raw', 'Multiple formats detected: iso,gpt'],
    ['iso hybrid', 'qcow2', mismatch('qcow2', 'iso')],
    ['mbr', 'qcow2', mismatch('qcow2', 'gpt')],
    ['mbr empty', 'raw', unsafe],
    ['mbr empty', 'aki', mismatch('aki', 'gpt')],
  ])('refuses %s as %s', (content, diskFormat, message) => {
    const image = files.get(content) ?? expect.fail(`no image ${content}`)
    expect(judge(inspect(image), claim(diskFormat))).toEqual({ ok: false, message })
  })

  test.each(['ovf', 'ova', 'docker', 'ami'])('checks nothing in container %s', (containerFormat) => {
    for (const image of files.values()) {
      const verdict = judge(inspect(image), claim('vmdk', { containerFormat }))
      expect(verdict).toEqual({ ok: true, virtualSizeBytes: null })
    }
  })
})

describe('details of real images', () => {
  test.each([
    ['qcow2', { qcow2: { version: 3, hasBackingFile: false, hasDataFile: false } }],
    ['qcow2 v2 backing', { qcow2: { version: 2, hasBackingFile: true, hasDataFile: false } }],
    ['qcow2 data file', { qcow2: { version: 3, hasBackingFile: false, hasDataFile: true } }],
    ['vhd dynamic', { vhd: { kind: 'dynamic', currentSizeBytes: virtualSizeBytes, isFooterOnly: false } }],
    ['vhd fixed', { vhd: { kind: 'fixed', currentSizeBytes: MiB, isFooterOnly: true } }],
    ['luks', { luks: { version: 1 } }],
    ['mbr', { gpt: { partitionCount: 1, guidTableOffsetBytes: null } }],
    ['vmdk stream', { vmdk: { version: 3, subformat: 'streamoptimized', isDescriptorOnly: false, hasParent: false } }],
    ['vmdk with parent', { vmdk: { version: 1, subformat: 'monolithicsparse', hasParent: true } }],
    [
      'vmdk flat',
      {
        vmdk: {
          version: null,
          subformat: 'monolithicflat',
          isDescriptorOnly: true,
          extents: ['rw 131072 flat "flat-flat.vmdk" 0'],
        },
      },
    ],
  ])('tells what a person wants to know of %s', (content, details) => {
    const image = files.get(content) ?? expect.fail(`no image ${content}`)
    expect(inspect(image).details).toMatchObject(details)
  })
})
