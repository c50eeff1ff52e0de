import fc from 'fast-check'
import { flawOf } from './judge'
import type { Pool, Send } from './pool'
import type { CallerName, FuzzRequest } from './requests'

const BATCH = 250
const FLAWS_MAX = 40
const SLOW_MS = 10_000

export interface FuzzRun {
  readonly seed: number
  readonly requests: number
  readonly arbitrary: fc.Arbitrary<FuzzRequest>
  readonly callers: Readonly<Record<CallerName, Send>>
  readonly pool: Pool
  /** Called between batches with how many were sent. */
  readonly onProgress?: (sent: number) => Promise<void>
}

/**
 * Sends so many requests one after the other, the same ones for the same seed; returns what was wrong with answers, one
 * sentence for each kind.
 */
export async function runFuzz({ seed, requests, arbitrary, callers, pool, onProgress }: FuzzRun): Promise<string[]> {
  const flaws = new Map<string, string>()
  for (let sent = 0; sent < requests; ) {
    const batch = fc.sample(arbitrary, { seed: seed + sent, numRuns: Math.min(BATCH, requests - sent) })
    for (const request of batch) {
      const flaw = await flawIn(request, callers[request.caller], pool)
      const kind = `${request.method} ${flaw}`
      if (flaw !== undefined && flaws.size < FLAWS_MAX) flaws.set(kind, `${flaw}\n  of ${shown(request)}`)
    }
    sent += batch.length
    await onProgress?.(sent)
  }
  return [...flaws.values()]
}

async function flawIn(request: FuzzRequest, send: Send, pool: Pool): Promise<string | undefined> {
  const { method, headers, body, chunked } = request
  const path = await pool.filledIn(request.path)
  const startedAt = Date.now()
  try {
    const response = await send({ method, path, headers, chunked, ...(body !== undefined && { body }) })
    pool.note(response)
    const tookMs = Date.now() - startedAt
    return flawOf(request, response) ?? (tookMs > SLOW_MS ? `took ${tookMs} ms` : undefined)
  } catch (error) {
    return `no answer: ${String(error)}`
  }
}

function shown({ body, ...request }: FuzzRequest): string {
  const text = body instanceof Buffer ? `${body.length} bytes, ${body.toString('base64', 0, 90)}` : body?.slice(0, 300)
  return JSON.stringify({ ...request, path: request.path.slice(0, 300), body: text })
}
