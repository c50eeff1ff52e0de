import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { authRequest, cloudSettings } from './cloud-settings'
import { ImageFile } from './image-file'
import { progressLine, Speed, sizeText, timeText } from './progress-line'
import { parseUploadOptions } from './upload-options'

const MIB = 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'glimpse-upload-client-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the parts of a file', () => {
  async function partsOf(bytes: Buffer, bufferBytes: number, start = 0) {
    const path = join(folder, 'parts')
    writeFileSync(path, bytes)
    const file = await ImageFile.open(path)
    const buffer = Buffer.alloc(bufferBytes)
    const parts: { lengthBytes: number; isHole: boolean }[] = []
    const seen: Buffer[] = []
    for (let offset = start; offset < bytes.length; ) {
      const { lengthBytes, bytes: content } = await file.part(offset, buffer)
      parts.push({ lengthBytes, isHole: content === undefined })
      seen.push(content === undefined ? Buffer.alloc(lengthBytes) : Buffer.from(content))
      offset += lengthBytes
    }
    await file.close()
    expect(Buffer.concat(seen).equals(bytes.subarray(start))).toBe(true)
    return parts
  }

  it('are runs of data and of zeros in turn, along whole MiB, and together all of it', async () => {
    const data = randomBytes(2 * MIB)
    const bytes = Buffer.concat([data, Buffer.alloc(3 * MIB), data, data, Buffer.alloc(MIB + 5)])
    expect(await partsOf(bytes, 4 * MIB)).toEqual([
      { lengthBytes: 2 * MIB, isHole: false },
      { lengthBytes: 3 * MIB, isHole: true },
      { lengthBytes: 4 * MIB, isHole: false },
      { lengthBytes: MIB + 5, isHole: true },
    ])
    expect(await partsOf(bytes, MIB)).toHaveLength(8)
  })

  it('begin anywhere, as after a cut', async () => {
    const bytes = Buffer.concat([randomBytes(MIB + 7), Buffer.alloc(3 * MIB), randomBytes(9)])
    for (const start of [1, MIB - 1, MIB, MIB + 7, MIB + 8, 3 * MIB + 1]) await partsOf(bytes, 2 * MIB, start)
    expect(await partsOf(Buffer.alloc(0), MIB)).toEqual([])
  })

  it('tell a file from others of its size', async () => {
    const bytes = randomBytes(9 * MIB)
    const prints = new Set<string>()
    for (const change of [undefined, 0, bytes.length - 1, Math.floor(bytes.length / 2)]) {
      const changed = Buffer.from(bytes)
      if (change !== undefined) changed[change] = 255 - (changed[change] ?? 0)
      writeFileSync(join(folder, 'print'), changed)
      const file = await ImageFile.open(join(folder, 'print'))
      prints.add(await file.fingerprint())
      await file.close()
    }
    expect(prints.size).toBe(4)
    expect([...prints][0]).toBe(
      createHash('sha256')
        .update(bytes.subarray(0, MIB))
        .update(bytes.subarray(2 * MIB, 3 * MIB))
        .update(bytes.subarray(4 * MIB, 5 * MIB))
        .update(bytes.subarray(6 * MIB, 7 * MIB))
        .update(bytes.subarray(8 * MIB))
        .digest('hex'),
    )
  })
})

describe('the words of glimpse upload', () => {
  it('are a file and options, each once but for those that are lists', () => {
    const words = [
      'a.img',
      '--name',
      'x',
      '--store',
      'a,b',
      '--store=c',
      '--property',
      'k=v=w',
      '--tag',
      't',
      '--quiet',
    ]
    expect(parseUploadOptions(words)).toMatchObject({
      path: 'a.img',
      name: 'x',
      stores: ['a', 'b', 'c'],
      properties: { k: 'v=w' },
      tags: ['t'],
      isQuiet: true,
    })
  })

  it.each([
    [],
    ['a', 'b'],
    ['a', '--nam', 'x'],
    ['a', '--name'],
    ['a', '--name', 'x', '--name', 'y'],
    ['a', '--property', 'x'],
    ['a', '--quiet=yes'],
    ['a', '--all-stores', '--store', 'x'],
  ])('are not understood as %j', (...words) => {
    expect(parseUploadOptions(words)).toBeUndefined()
  })
})

describe('how to get in', () => {
  const clouds = `clouds:
  lab:
    auth:
      auth_url: http://keystone:5000
      username: anna
      password: "s3cret"
      project_name: lab
      user_domain_name: Default
    region_name: East
`

  it('is told by variables alone', () => {
    const variables = { OS_AUTH_URL: 'http://k/v3/', OS_USERNAME: 'u', OS_PASSWORD: 'p', OS_PROJECT_ID: 'i' }
    const settings = cloudSettings(variables, { folder })
    expect(settings).toMatchObject({ authUrl: 'http://k/v3', interfaceName: 'public', region: undefined })
    expect(authRequest(settings)).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'u', domain: { id: 'default' }, password: 'p' } },
        },
        scope: { project: { id: 'i' } },
      },
    })
  })

  it('is told by a clouds.yaml, over which variables win', () => {
    writeFileSync(join(folder, 'clouds.yaml'), clouds)
    const settings = cloudSettings({ OS_CLOUD: 'lab', OS_REGION_NAME: 'West' }, { folder })
    expect(settings).toMatchObject({ authUrl: 'http://keystone:5000/v3', region: 'West' })
    expect(settings.auth).toMatchObject({ username: 'anna', password: 's3cret', user_domain_name: 'Default' })
    expect(() => cloudSettings({}, { cloud: 'other', folder })).toThrow('has no cloud other')
    expect(() => cloudSettings({}, { folder })).toThrow('no cloud is named')
  })

  it('may be an application credential or a token', () => {
    const base = { OS_AUTH_URL: 'http://k' }
    const ids = { OS_APPLICATION_CREDENTIAL_ID: 'c', OS_APPLICATION_CREDENTIAL_SECRET: 's' }
    expect(authRequest(cloudSettings({ ...base, ...ids }, { folder }))).toEqual({
      auth: {
        identity: { methods: ['application_credential'], application_credential: { id: 'c', secret: 's' } },
      },
    })
    expect(authRequest(cloudSettings({ ...base, OS_TOKEN: 't' }, { folder }))).toEqual({
      auth: { identity: { methods: ['token'], token: { id: 't' } } },
    })
  })
})

describe('the progress line', () => {
  it('has bar, share, bytes, speed and time left', () => {
    const state = { name: 'x', doneBytes: 512 * MIB, totalBytes: 1024 * MIB, holeBytes: 100 * MIB }
    const line = progressLine({ ...state, bytesPerSecond: 64 * MIB }, 200)
    expect(line).toBe(
      'x  ############------------   50 %  512 MiB of 1.0 GiB  64 MiB/s  8 s left  100 MiB zeros skipped',
    )
    expect(progressLine({ ...state, bytesPerSecond: undefined, note: 'waiting: x' }, 40)).toHaveLength(40)
  })

  it('tells a speed when it is stable, and follows it', () => {
    const speed = new Speed()
    for (let at = 0; at <= 1900; at += 100) speed.add(at * 1000, at)
    expect(speed.bytesPerSecond).toBeUndefined()
    for (let at = 2000; at <= 4000; at += 100) speed.add(at * 1000, at)
    expect(speed.bytesPerSecond).toBeCloseTo(1_000_000, -2)
    for (let at = 4100; at <= 60_000; at += 100) speed.add(4_000_000, at)
    expect(speed.bytesPerSecond).toBeLessThan(10_000)
  })

  it('writes sizes and times as people do', () => {
    expect([0, 1023, 1536, 10 * MIB, 5 * 1024 ** 4].map(sizeText)).toEqual([
      '0 bytes',
      '1023 bytes',
      '1.5 KiB',
      '10 MiB',
      '5.0 TiB',
    ])
    expect([0.2, 89, 600, 7260].map(timeText)).toEqual(['1 s', '89 s', '10 min', '2 h 1 min'])
  })
})
