import { describe, expect, it } from 'vitest'
import { guessFromName } from './file-name'

describe('guessFromName', () => {
  it.each([
    ['ubuntu-24.04-server-cloudimg-amd64.img', 'ubuntu-24.04-server-cloudimg-amd64', 'ubuntu', '24.04', 'x86_64'],
    ['debian-12-genericcloud-arm64.qcow2', 'debian-12-genericcloud-arm64', 'debian', '12', 'aarch64'],
    ['cirros-0.6.2-x86_64-disk.img.xz', 'cirros-0.6.2-x86_64-disk', 'cirros', '0.6.2', 'x86_64'],
  ])('reads %s', (fileName, name, distro, version, architecture) => {
    expect(guessFromName(fileName)).toEqual({
      name,
      properties: [
        { name: 'os_distro', value: distro },
        { name: 'os_version', value: version },
        { name: 'architecture', value: architecture },
      ],
    })
  })

  it('suggests nothing it does not see', () => {
    expect(guessFromName('disk-1.raw')).toEqual({ name: 'disk-1', properties: [] })
    expect(guessFromName('.iso').name).toBe('.iso')
  })
})
