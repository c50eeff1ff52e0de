import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasCode } from '@/lib/stores/conformance'
import { HelperCalls } from './helper-calls'
import { FrameReader, frameOf } from './helper-frames'
import { mountAt, mountOf, parseMounts } from './mounts'

describe('HelperCalls', () => {
  let folder = ''
  let calls: HelperCalls
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'glimpse-helper-'))
    calls = new HelperCalls({ storeId: 'share', path: folder, timeoutMs: 15_000 })
  })
  afterEach(async () => {
    await calls.close()
    rmSync(folder, { recursive: true })
  })

  const pid = () => {
    if (calls.pid === undefined) throw new Error('no helper runs')
    return calls.pid
  }

  it('fails as the file system does', async () => {
    await expect(calls.status(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT', errno: -2 })
  })

  it('keeps many transfers at once apart, of any size', async () => {
    const chunks = Array.from({ length: 40 }, (_, index) => randomBytes(index * 40_000 + 1))
    const read = await Promise.all(
      chunks.map(async (chunk, index) => {
        const file = await calls.open(join(folder, `${index}`), constants.O_CREAT | constants.O_RDWR)
        const target = Buffer.alloc(chunk.byteLength)
        for (let at = 0; at < chunk.byteLength; ) {
          at += (await file.write(chunk, at, chunk.byteLength - at, at)).bytesWritten
        }
        for (let at = 0; at < target.byteLength; ) {
          at += (await file.read(target, at, target.byteLength - at, at)).bytesRead
        }
        await file.close()
        return target
      }),
    )
    for (const [index, target] of read.entries()) expect(target.equals(chunks[index] ?? Buffer.of())).toBe(true)
  })

  it('gives a process up that does not answer, fails all that it had to do, and starts another', async () => {
    calls = new HelperCalls({ storeId: 'share', path: folder, timeoutMs: 1_500 })
    writeFileSync(join(folder, 'file'), 'x')
    const file = await calls.open(join(folder, 'file'), constants.O_RDWR)
    const first = pid()
    process.kill(first, 'SIGSTOP')
    const startedAt = performance.now()
    const results = await Promise.allSettled([
      calls.status(folder),
      file.write(randomBytes(1024), 0, 1024, 0),
      file.read(Buffer.alloc(10), 0, 10, 0),
    ])
    expect(performance.now() - startedAt).toBeLessThan(4_000)
    for (const result of results) {
      expect(result.status === 'rejected' && hasCode('store_unavailable')(result.reason)).toBe(true)
    }
    await file.close()
    await expect.poll(() => calls.readText(join(folder, 'file')).catch(() => undefined)).toBe('x')
    expect(pid()).not.toBe(first)
  })

  it('keeps the service for the answer to a call, and for nothing else', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const idle = timers()
    const status = calls.status(folder)
    expect(timers()).toBe(idle + 1)
    await status
    // A process that does nothing but this has the answer, and ends by itself well before a call would be given up.
    const program = `
      const { HelperCalls } = await import(${JSON.stringify(new URL('helper-calls.ts', import.meta.url).href)})
      const calls = new HelperCalls({ storeId: 'share', path: '/', timeoutMs: 120_000 })
      const { size } = await calls.status(process.cwd())
      process.stdout.write(typeof size)`
    const flags = ['--import', 'tsx', '--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: 18_000 })
    expect(stdout).toBe('bigint')
  })

  it('goes on after its process was killed', async () => {
    await calls.status(folder)
    process.kill(pid(), 'SIGKILL')
    await expect
      .poll(() =>
        calls.status(folder).then(
          () => 'well',
          () => 'not yet',
        ),
      )
      .toBe('well')
  })
})

describe('FrameReader', () => {
  it('gives back every message and its bytes, however they are cut', () => {
    const message = fc.record({ text: fc.string(), bytes: fc.uint8Array({ maxLength: 300 }) })
    fc.assert(
      fc.property(fc.array(message), fc.integer({ min: 1, max: 40 }), (messages, step) => {
        const wire = Buffer.concat(messages.flatMap(({ text, bytes }) => frameOf({ text }, bytes)))
        const seen: unknown[] = []
        let target = new Uint8Array()
        const reader = new FrameReader({
          targetOf: () => {
            target = new Uint8Array(300)
            return target
          },
          onFrame: (header, length) => seen.push({ header, bytes: [...target.subarray(0, length)] }),
        })
        for (let at = 0; at < wire.byteLength; at += step) reader.push(wire.subarray(at, at + step))
        expect(seen).toEqual(messages.map(({ text, bytes }) => ({ header: { text }, bytes: [...bytes] })))
      }),
    )
  })
})

describe('the list of mounts', () => {
  const mounts = parseMounts(
    [
      '22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw',
      '40 22 0:35 / /mnt/a\\040b rw shared:7 master:2 - nfs4 server:/export rw,vers=4.2',
      '41 40 0:36 / /mnt/a\\040b rw - fuse.sshfs host: rw',
      '42 22 0:37 / /mnt rw - tmpfs tmpfs rw',
      '',
    ].join('\n'),
  )

  it('tells what lies on top of a folder', () => {
    expect(mountAt(mounts, '/mnt/a b')).toEqual({ id: '41', mountPoint: '/mnt/a b', type: 'fuse.sshfs' })
    expect(mountAt(mounts, '/mnt/a')).toBeUndefined()
  })

  it('tells what a path lies on', () => {
    expect(mountOf(mounts, '/mnt/a b/c')?.id).toBe('41')
    expect(mountOf(mounts, '/mnt/a bc')?.id).toBe('42')
    expect(mountOf(mounts, '/srv')?.id).toBe('22')
  })
})
