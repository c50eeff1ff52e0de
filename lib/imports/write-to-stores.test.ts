import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type StoresToWrite, writeToStores } from './write-to-stores'

const running = new AbortController().signal
const MIB = 1024 * 1024

/** A write for each store, which ends when the test says so or when it is stopped. */
function writes() {
  const open = new Map<string, { done: () => void; fail: (error: Error) => void; tell: (bytes: number) => void }>()
  const write: StoresToWrite['write'] = (storeId, { signal, onProgress }) =>
    new Promise<void>((done, fail) => {
      const end = (act: () => void) => () => {
        open.delete(storeId)
        act()
      }
      open.set(storeId, { done: end(done), fail: (error) => end(() => fail(error))(), tell: onProgress })
      signal.addEventListener('abort', () =>
        setTimeout(
          end(() => fail(new Error(`${storeId} was stopped`))),
          5,
        ),
      )
    })
  return { open, write }
}

const started = (given: Partial<StoresToWrite>) => {
  const { open, write } = writes()
  const told: string[] = []
  const failed: string[] = []
  const result = writeToStores({
    storeIds: ['a', 'b', 'c'],
    atOnce: 2,
    mustSucceed: true,
    signal: running,
    write,
    onFailure: async (storeId) => void failed.push(storeId),
    report: (message) => told.push(message),
    ...given,
  })
  const names = async () => {
    await turn()
    return [...open.keys()]
  }
  return { open, told, failed, names, outcome: result.catch((error: unknown) => error) }
}

describe('writing to several stores', () => {
  it('writes so many at once and no more, and tells of each', async () => {
    const { open, told, names, outcome } = started({})
    expect(await names()).toEqual(['a', 'b'])
    open.get('a')?.tell(3 * MIB)
    open.get('b')?.tell(2.5 * MIB)
    open.get('a')?.done()
    expect(await names()).toEqual(['b', 'c'])
    open.get('c')?.tell(MIB)
    open.get('b')?.done()
    open.get('c')?.done()
    expect(await outcome).toEqual(3)
    expect(told).toEqual(['Copied 3 MiB to a', 'Copied 3 MiB to a, 2 MiB to b', 'Copied 2 MiB to b, 1 MiB to c'])
  })

  it('tells of one store as the original does', async () => {
    const { open, told, names, outcome } = started({ storeIds: ['a'] })
    await names()
    open.get('a')?.tell(3 * MIB)
    open.get('a')?.done()
    expect([await outcome, told]).toEqual([1, ['Copied 3 MiB']])
  })

  it('stops the others at the first failure, waits until they have ended, and begins no more', async () => {
    const { open, failed, names, outcome } = started({})
    await names()
    open.get('b')?.fail(new Error('b is full'))
    expect(await outcome).toMatchObject({ message: 'b is full' })
    expect([[...open.keys()], failed]).toEqual([[], []])
  })

  it('lets the others go on when stores may fail', async () => {
    const { open, failed, names, outcome } = started({ mustSucceed: false })
    await names()
    open.get('b')?.fail(new Error('b is full'))
    expect(await names()).toEqual(['a', 'c'])
    open.get('a')?.done()
    open.get('c')?.done()
    expect([await outcome, failed]).toEqual([2, ['b']])
  })

  it('ends all of it when a failure cannot be recorded', async () => {
    const lost = new Error('the task is lost')
    const { open, names, outcome } = started({ mustSucceed: false, onFailure: () => Promise.reject(lost) })
    await names()
    open.get('a')?.fail(new Error('a is full'))
    expect(await outcome).toBe(lost)
    expect([...open.keys()]).toEqual([])
  })

  it('begins nothing when it is stopped already', async () => {
    const { open, outcome } = started({ signal: AbortSignal.abort() })
    expect(await outcome).toMatchObject({ code: 'lease_lost' })
    expect([...open.keys()]).toEqual([])
  })
})
