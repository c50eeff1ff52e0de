import { type ApiError, apiError, isApiError } from '@/lib/errors/api-error'
import { now } from '@/lib/runtime/clock'
import { endsWithin } from '@/lib/runtime/ends-within'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import type { ProbeResult, Store } from './store'

/** A probe that takes longer counts as failed; it is left to end by itself, and no other begins before. */
const PROBE_DEADLINE_MS = 20_000
/** How long a writer waits for a probe that may clear its store of a suspicion. */
const PATIENCE_MS = 2_000
/** Reads that fail ask for a probe, but not for one each. */
const RECHECK_AFTER_MS = 1_000

/** `unknown` until the first probe has ended: then calls are tried and tell themselves. */
export interface StoreHealth {
  readonly state: 'unknown' | 'writable' | 'read-only'
  /** why it takes no data, or what is wrong with a part of it; for administrators */
  readonly reason?: string
  /** since when it is so */
  readonly since: Date
  /** the last that was told; a store need not know */
  readonly freeBytes?: number
}

/**
 * Knows whether one store takes data now. A failed probe makes it read-only, a successful one writable again; a write
 * that fails makes it read-only until a probe has looked. Each change is a line in the log and a step of the metrics.
 */
export class HealthWatch {
  #health: StoreHealth = { state: 'unknown', since: now() }
  #wasWritable = false
  #isMisconfigured = false
  #probing: Promise<void> | undefined
  #probedAt = 0

  constructor(private readonly store: Store) {}

  get health(): StoreHealth {
    return this.#health
  }

  /** Probes the store, or waits for the probe under way; resolves at its end or at the deadline, and never throws. */
  async check(): Promise<void> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined
      this.#probedAt = performance.now()
    })
    if (await endsWithin(this.#probing, PROBE_DEADLINE_MS)) return
    this.#settle({ writable: false, reason: `Store ${this.store.id} is unavailable: it does not answer` })
  }

  /** After a failed write: nothing more is begun until a probe says that the store is well. */
  suspect(error: ApiError): void {
    this.#settle({ writable: false, reason: error.message })
    void this.check()
  }

  /** After any other failure that may be the store's. */
  recheck(): void {
    if (performance.now() - this.#probedAt > RECHECK_AFTER_MS) void this.check()
  }

  /**
   * Throws when the store takes no data now: `store_add_disabled` when its configuration kept it from being opened at
   * all, as Glance does, else `store_unavailable`.
   */
  async assertWritable(): Promise<void> {
    if (this.#health.state !== 'read-only') return
    if (this.#probing !== undefined) await endsWithin(this.#probing, PATIENCE_MS)
    if (this.#health.state !== 'read-only') return
    const options = { detail: { storeId: this.store.id, reason: this.#health.reason } }
    if (this.#isMisconfigured && !this.#wasWritable) throw apiError('store_add_disabled', options)
    const text = this.#health.reason ?? `Store ${this.store.id} is unavailable`
    throw apiError('store_unavailable', { ...options, public: text })
  }

  async #probe(): Promise<void> {
    try {
      this.#settle(await this.store.probe())
    } catch (error) {
      // Only what was written for clients goes on: a reason may be shown.
      const reason = isApiError(error) ? error.message : `Store ${this.store.id} is unavailable`
      if (!isApiError(error)) logger().error({ err: error, storeId: this.store.id }, 'a probe failed')
      this.#settle({ writable: false, reason })
    }
  }

  #settle({ writable, reason, freeBytes, isMisconfigured = false }: ProbeResult): void {
    const { id } = this.store
    const state = writable ? 'writable' : 'read-only'
    const former = this.#health
    this.#isMisconfigured = isMisconfigured
    this.#wasWritable ||= writable
    this.#health = {
      state,
      since: former.state === state ? former.since : now(),
      ...(reason !== undefined && { reason }),
      ...(freeBytes !== undefined && { freeBytes }),
    }
    metrics().storeUp.set({ store: id }, writable ? 1 : 0)
    if (freeBytes !== undefined) metrics().storeFreeBytes.set({ store: id }, freeBytes)
    // One that only reads never takes data: that is no failure.
    if (!this.store.capabilities.write) return
    if (former.state !== state) {
      // What is well from the start is no news.
      if (former.state === 'unknown' && writable) return
      metrics().storeChanges.inc({ store: id, to: state })
      if (writable) logger().info({ event: 'store.writable', storeId: id }, 'store takes data again')
      else logger().error({ event: 'store.read-only', storeId: id, reason }, 'store is read-only now')
    } else if (former.reason !== reason && reason !== undefined) {
      logger().warn({ storeId: id, reason }, 'store is not well')
    }
  }
}
