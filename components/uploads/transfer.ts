import type { Stall } from './engine/engine-messages'

/** One upload as the tray shows it. */
export interface Transfer {
  readonly imageId: string
  readonly name: string
  readonly totalBytes: number
  /** taken by the server or on the way; while checking, how much was read */
  readonly sentBytes: number
  readonly state:
    | 'waiting'
    | 'checking'
    | 'sending'
    | 'stalled'
    | 'paused'
    /** begun earlier, or with another file: whoever goes on must choose it */
    | 'needsFile'
    /** another tab sends it */
    | 'elsewhere'
    | 'finishing'
    | 'done'
    | 'failed'
    | 'cancelled'
  /** why it stalls */
  readonly stall: Stall | null
  /** zeros that were named instead of sent */
  readonly holeBytes: number
  /** Smoothed over about ten seconds; null until it is steady enough to be worth showing. */
  readonly bytesPerSecond: number | null
  /** of the whole file, once it was sent */
  readonly sha512: string | null
  /** of one that needs its file: whether the browser gives it again without a choice */
  readonly hasKeptFile: boolean
  readonly reason: string | null
  readonly requestId: string | null
}

/** Whether something is still to come without anybody's doing. */
export function isUnfinished({ state }: Transfer): boolean {
  return state === 'waiting' || isSending(state) || state === 'finishing'
}

/** Whether this tab must stay open for it. */
export function isSending(state: Transfer['state']): boolean {
  return state === 'checking' || state === 'sending' || state === 'stalled'
}

export function secondsLeft(transfer: Transfer): number | null {
  if (transfer.bytesPerSecond === null || transfer.bytesPerSecond <= 0) return null
  return (transfer.totalBytes - transfer.sentBytes) / transfer.bytesPerSecond
}

/** How far it is, from 0 to 1; undefined where that cannot be told. */
export function shareOf({ state, sentBytes, totalBytes }: Transfer): number | undefined {
  if (state === 'waiting' || state === 'finishing') return undefined
  return sentBytes / Math.max(1, totalBytes)
}

const smoothingMs = 10_000
const settleMs = 1500

/** An exponentially weighted mean of speed, over about ten seconds. */
export class SpeedMeter {
  #startedMs: number
  #startedBytes: number
  #lastMs: number
  #lastBytes: number
  #mean: number | null = null

  /** `startBytes` were there before. */
  constructor(nowMs: number, startBytes = 0) {
    this.#startedMs = nowMs
    this.#lastMs = nowMs
    this.#startedBytes = startBytes
    this.#lastBytes = startBytes
  }

  /** Takes a reading; returns bytes per second, or null during the first moments, when it would jump. */
  read(totalBytes: number, nowMs: number): number | null {
    const elapsedMs = nowMs - this.#lastMs
    if (elapsedMs >= 200) {
      const speed = Math.max(0, ((totalBytes - this.#lastBytes) * 1000) / elapsedMs)
      const weight = 1 - Math.exp(-elapsedMs / smoothingMs)
      const meanOfAll = ((totalBytes - this.#startedBytes) * 1000) / Math.max(1, nowMs - this.#startedMs)
      // Until a window has passed, the mean since the start is the better guess than the smoothed value.
      this.#mean =
        this.#mean === null || nowMs - this.#startedMs < smoothingMs
          ? Math.max(0, meanOfAll)
          : this.#mean + weight * (speed - this.#mean)
      this.#lastMs = nowMs
      this.#lastBytes = totalBytes
    }
    return nowMs - this.#startedMs < settleMs ? null : this.#mean
  }
}
