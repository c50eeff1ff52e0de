import { mkdtempSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { startProgram } from './program'

const limit = (settings: Readonly<Record<string, string>>) => setConfig(loadConfig(settings))

describe('startProgram', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'glimpse-test-'))
    limit({})
  })
  afterEach(() => {
    setConfig(undefined)
    rmSync(folder, { recursive: true })
  })

  it('gives an environment of its own, no privileges and the given files', async () => {
    process.env.GLIMPSE_TEST_SECRET = 'secret'
    const program = startProgram(['env'])
    const output = await text(program.stdout)
    expect(output).not.toContain('secret')
    expect(output.split('\n').map((line) => line.split('=')[0])).toEqual([
      'MALLOC_ARENA_MAX',
      'NODE_ENV',
      'PATH',
      'LC_ALL',
      '',
    ])
    const status = startProgram(['grep', '-h', 'NoNewPrivs', '/proc/self/status'])
    expect(await text(status.stdout)).toMatch(/NoNewPrivs:\s+1/)
    const fd = openSync(join(folder, 'file'), 'w')
    await startProgram(['dd', 'if=/dev/zero', 'of=/proc/self/fd/3', 'bs=1k', 'count=3', 'status=none'], { files: [fd] })
      .ended
    expect(statSync(join(folder, 'file')).size).toBe(3072)
  })

  it('has room for the 64 threads that qemu-img makes when a disk is slow', async () => {
    const program = startProgram(['prlimit', '--noheadings', '--raw', '--output=SOFT', '--stack', '--as'])
    const [stackBytes = 0, memoryBytes = 0] = (await text(program.stdout))
      .trim()
      .split('\n')
      .map(Number)
      .sort((a, b) => a - b)
    // One of 8 MiB for each and as many arenas did not fit, and it aborted.
    expect(stackBytes).toBeGreaterThan(0)
    expect(64 * stackBytes).toBeLessThan(memoryBytes / 4)
    expect(await text(startProgram(['env']).stdout)).toMatch(/^MALLOC_ARENA_MAX=1$/m)
  })

  it('ends what needs more processor time, room or life than it may have, and says so', async () => {
    const spinning = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1M'] as const
    await expect(startProgram([...spinning], { cpuSeconds: 1 }).ended).rejects.toThrow('more processor time')
    const fd = openSync(join(folder, 'file'), 'w')
    const filling = startProgram(['dd', 'if=/dev/zero', 'of=/proc/self/fd/3', 'bs=1k'], {
      files: [fd],
      fileBytes: 9_000,
    })
    await expect(filling.ended).rejects.toThrow(/wrote more than an image may have|File too large/)
    expect(statSync(join(folder, 'file')).size).toBe(9_000)
    limit({ GLIMPSE__IMPORTS__PROGRAMS__TIMEOUT_SECONDS: '0.1' })
    await expect(startProgram(['sleep', '60']).ended).rejects.toThrow('sleep did not end within 0.1 seconds.')
  })

  it('says which program the node does not have, and what another one complained of', async () => {
    await expect(startProgram(['no-such-program']).ended).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no-such-program'),
    })
    await expect(startProgram(['cat', '/no/such/file']).ended).rejects.toThrow(/^cat failed: .*No such file/)
    await expect(startProgram(['false'], { goodCodes: [1] }).ended).resolves.toBe('')
  })
})
