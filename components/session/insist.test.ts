import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Result } from '@/components/ui/result'
import { insist, setSessionGate } from './insist'

const over: Result<string> = { ok: false, code: 'session_over', message: 'over' }
const done: Result<string> = { ok: true, data: 'done' }

describe('insist', () => {
  let stop = () => {}
  afterEach(() => stop())

  it('asks again when the session is back, and as often as it is lost', async () => {
    const gate = vi.fn(async () => true)
    stop = setSessionGate(gate)
    const act = vi.fn().mockResolvedValueOnce(over).mockResolvedValueOnce(over).mockResolvedValue(done)
    expect(await insist(act)).toEqual(done)
    expect([act, gate].map(({ mock }) => mock.calls.length)).toEqual([3, 2])
  })

  it('hands the refusal on when the reader does not sign in, and where nobody can ask', async () => {
    expect(await insist(async () => over)).toEqual(over)
    stop = setSessionGate(async () => false)
    expect(await insist(async () => over)).toEqual(over)
  })

  it('passes on every other refusal at once', async () => {
    const gate = vi.fn(async () => true)
    stop = setSessionGate(gate)
    const refused: Result<string> = { ok: false, code: 'unauthorized', message: 'no' }
    expect(await insist(async () => refused)).toEqual(refused)
    expect(gate).not.toHaveBeenCalled()
  })
})
