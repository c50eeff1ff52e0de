import type { ExpectedSize } from '@/lib/data-plane/expected-size'
import { db } from '@/lib/db/client'
import type { Image } from '@/lib/images/image'
import { endLease, type Lease } from '@/lib/images/lease-repo'
import { logger } from '@/lib/runtime/logger'
import type { ClaimedTask } from '@/lib/tasks/task-repo'
import type { ImportPlan } from './import-plan'
import { lostTask } from './import-repo'
import type { RemoteImage } from './steps/glance-download'

export const MIB = 1024 * 1024

/** One try of a task. */
export interface Run {
  readonly task: ClaimedTask
  readonly plan: ImportPlan
  readonly image: Image
  /** glance-download only */
  readonly remote: RemoteImage | undefined
  /** aborted when the task is lost or the node stops */
  readonly signal: AbortSignal
  /** removals that go on beside the work, and never reject; it ends after them */
  readonly leftovers: Promise<unknown>[]
  /** what the task's message says at its next renewal */
  report(message: string): void
}

/** What every write of a task has in common. */
export function leasedBy({ plan, image, signal }: Run, lease: Lease, expected: ExpectedSize) {
  return {
    imageId: plan.imageId,
    ownerId: image.ownerId,
    lease,
    expected,
    signal,
    lost: lostTask,
    giveBack: async () => {
      try {
        await endLease(db(), lease)
      } catch (error) {
        logger().warn({ err: error, imageId: plan.imageId }, 'a lease could not be ended; it will run out')
      }
    },
  }
}
