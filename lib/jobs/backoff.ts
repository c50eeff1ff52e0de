import { now } from '@/lib/runtime/clock'

const FIRST_MS = 5_000
const LONGEST_MS = 5 * 60_000

interface Pause {
  readonly lengthMs: number
  readonly untilMs: number
}

/** When to ask again what failed: after 5 s, then twice as long each time, 5 minutes at most. */
export class Backoff {
  readonly #pauses = new Map<string, Pause>()

  isDue(key: string): boolean {
    const pause = this.#pauses.get(key)
    return pause === undefined || pause.untilMs <= now().getTime()
  }

  /** How long the last pause was; 0 for what did not fail. */
  lengthOf(key: string): number {
    return this.#pauses.get(key)?.lengthMs ?? 0
  }

  notDue(): string[] {
    return [...this.#pauses.keys()].filter((key) => !this.isDue(key))
  }

  failed(key: string): void {
    const last = this.#pauses.get(key)
    const lengthMs = last === undefined ? FIRST_MS : Math.min(last.lengthMs * 2, LONGEST_MS)
    this.#pauses.set(key, { lengthMs, untilMs: now().getTime() + lengthMs })
  }

  succeeded(key: string): void {
    this.#pauses.delete(key)
  }
}
