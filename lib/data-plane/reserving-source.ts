import { type Lease, type Reservation, reserveFor } from '@/lib/images/lease-repo'
import type { SizeLimitName } from '@/lib/quota/limit-names'
import { grantGrowth, inQuotaTransaction, isBounded, type Quota } from '@/lib/quota/quota'
import type { ExpectedSize } from './expected-size'

const MIB = 1024 * 1024
const STEP_MAX_BYTES = 64 * MIB

/** What a lease must reserve before its first byte: all of it when the size is known, else nothing yet. */
export function reservationOf(quota: Quota | undefined, name: SizeLimitName, { sizeBytes }: ExpectedSize): Reservation {
  return { reservedOf: name, reservedBytes: quota === undefined ? 0 : Math.max(0, sizeBytes ?? 0) }
}

export interface ReservingOptions {
  readonly source: AsyncIterable<Uint8Array>
  readonly lease: Lease
  readonly expected: ExpectedSize
  readonly quota: Quota | undefined
  /** what to throw when the lease is lost */
  readonly lost: () => Error
}

/**
 * The chunks of a source. While nobody knows how many will come, each is given out only when its bytes are reserved,
 * so that writing stops at the limit; the iteration throws `quota_exceeded` there.
 */
export function reservingSource(options: ReservingOptions, name: SizeLimitName): AsyncIterable<Uint8Array> {
  const { source, lease, expected, quota, lost } = options
  if (quota === undefined || expected.sizeBytes !== undefined || !isBounded(quota, name)) return source
  let received = 0
  let reserved = 0
  return {
    [Symbol.asyncIterator]() {
      const chunks = source[Symbol.asyncIterator]()
      return {
        async next() {
          const step = await chunks.next()
          if (step.done) return step
          received += step.value.byteLength
          if (received > reserved) reserved = await reserveMore({ lease, quota, lost, name, received, reserved })
          return step
        },
        // At once, also while the source waits for a client: a generator would wait with it.
        async return() {
          await chunks.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

interface Growth extends Pick<ReservingOptions, 'lease' | 'lost'> {
  readonly quota: Quota
  readonly name: SizeLimitName
  readonly received: number
  readonly reserved: number
}

/** An eighth ahead of what has come, so that a large upload asks seldom and a small one takes little from others. */
async function reserveMore({ lease, quota, lost, name, received, reserved }: Growth): Promise<number> {
  const ahead = Math.min(STEP_MAX_BYTES, Math.max(MIB, received / 8))
  return await inQuotaTransaction(quota, async (tx) => {
    const granted = await grantGrowth(tx, quota, name, {
      ownBytes: reserved,
      neededBytes: received,
      wantedBytes: Math.ceil(received + ahead),
    })
    if (!(await reserveFor(tx, lease, granted))) throw lost()
    return granted
  })
}
