interface CacheEntry<T> {
  readonly value: T
  readonly goodUntilMs: number
}

interface Flight<T> {
  readonly epoch: number
  readonly result: Promise<T>
}

export interface TokenCacheOptions {
  readonly entriesMax: number
  readonly nowMs: () => number
}

/** What a loader found: the value, and until when it may be served without asking again. */
export interface Loaded<T> {
  readonly value: T
  readonly goodUntilMs: number
}

/**
 * A bounded cache with least-recently-used eviction in two generations: a hit in the young one costs a single look-up
 * and no allocation; when it is full it becomes the old one and the former old one is dropped. Concurrent misses of
 * one key share a load. What was forgotten while it was being loaded is not stored.
 */
export class TokenCache<T> {
  private young = new Map<string, CacheEntry<T>>()
  private old = new Map<string, CacheEntry<T>>()
  private readonly flights = new Map<string, Flight<T>>()
  private epoch = 0

  constructor(private readonly options: TokenCacheOptions) {}

  get size(): number {
    return this.young.size + this.old.size
  }

  get(key: string): T | undefined {
    const entry = this.young.get(key) ?? this.promote(key)
    if (entry === undefined) return undefined
    return entry.goodUntilMs > this.options.nowMs() ? entry.value : undefined
  }

  /** What is still held for a key, even if it went bad. */
  getStale(key: string): T | undefined {
    return (this.young.get(key) ?? this.old.get(key))?.value
  }

  /** The cached value, or what `load` finds; a rejection is shared by those who wait and not kept. */
  getOrLoad(key: string, load: () => Promise<Loaded<T>>): Promise<T> {
    const flight = this.flights.get(key)
    if (flight !== undefined && flight.epoch === this.epoch) return flight.result
    const epoch = this.epoch
    const result = this.fly(key, epoch, load)
    this.flights.set(key, { epoch, result })
    return result
  }

  set(key: string, value: T, goodUntilMs: number): void {
    this.old.delete(key)
    this.young.set(key, { value, goodUntilMs })
    if (this.young.size < this.options.entriesMax / 2) return
    this.old = this.young
    this.young = new Map()
  }

  delete(key: string): void {
    this.epoch++
    this.young.delete(key)
    this.old.delete(key)
  }

  clear(): void {
    this.epoch++
    this.young.clear()
    this.old.clear()
  }

  private async fly(key: string, epoch: number, load: () => Promise<Loaded<T>>): Promise<T> {
    try {
      const { value, goodUntilMs } = await load()
      if (epoch === this.epoch) this.set(key, value, goodUntilMs)
      return value
    } finally {
      if (this.flights.get(key)?.epoch === epoch) this.flights.delete(key)
    }
  }

  private promote(key: string): CacheEntry<T> | undefined {
    const entry = this.old.get(key)
    if (entry !== undefined) this.set(key, entry.value, entry.goodUntilMs)
    return entry
  }
}
