/** One upload as the tray shows it. */
export interface Transfer {
  readonly imageId: string
  readonly name: string
  readonly totalBytes: number
  readonly sentBytes: number
  readonly state: 'waiting' | 'sending' | 'finishing' | 'done' | 'failed' | 'cancelled'
  /** Smoothed over about ten seconds; null until it is steady enough to be worth showing. */
  readonly bytesPerSecond: number | null
  readonly reason: string | null
  readonly requestId: string | null
}

export function isUnfinished(transfer: Transfer): boolean {
  return transfer.state === 'waiting' || transfer.state === 'sending' || transfer.state === 'finishing'
}

export function secondsLeft(transfer: Transfer): number | null {
  if (transfer.bytesPerSecond === null || transfer.bytesPerSecond <= 0) return null
  return (transfer.totalBytes - transfer.sentBytes) / transfer.bytesPerSecond
}

const smoothingMs = 10_000
const settleMs = 1500

/** An exponentially weighted mean of speed, over about ten seconds. */
export class SpeedMeter {
  #startedMs: number
  #lastMs: number
  #lastBytes = 0
  #mean: number | null = null

  constructor(nowMs: number) {
    this.#startedMs = nowMs
    this.#lastMs = nowMs
  }

  /** Takes a reading; returns bytes per second, or null during the first moments, when it would jump. */
  read(totalBytes: number, nowMs: number): number | null {
    const elapsedMs = nowMs - this.#lastMs
    if (elapsedMs >= 200) {
      const speed = ((totalBytes - this.#lastBytes) * 1000) / elapsedMs
      const weight = 1 - Math.exp(-elapsedMs / smoothingMs)
      const meanOfAll = (totalBytes * 1000) / Math.max(1, nowMs - this.#startedMs)
      // Until a window has passed, the mean since the start is the better guess than the smoothed value.
      this.#mean =
        this.#mean === null || nowMs - this.#startedMs < smoothingMs
          ? meanOfAll
          : this.#mean + weight * (speed - this.#mean)
      this.#lastMs = nowMs
      this.#lastBytes = totalBytes
    }
    return nowMs - this.#startedMs < settleMs ? null : this.#mean
  }
}
