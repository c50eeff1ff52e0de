import type { BulkAct } from '@/components/images/bulk-act'
import type { TaskStatus } from '@/lib/tasks/view'

export type TaskKind = 'glance-direct' | 'web-download' | 'copy-image' | 'glance-download' | 'location' | 'unknown'

/** A task as the dashboard shows it: plain JSON, times as ISO 8601 in UTC. */
export interface TaskItem {
  readonly id: string
  readonly kind: TaskKind
  readonly status: TaskStatus
  /** why it failed, or how far it is; empty while there is nothing to tell */
  readonly message: string
  /** 0 to 1; null while it cannot be known */
  readonly progress: number | null
  readonly image: { readonly id: string; readonly name: string | null; readonly isThere: boolean } | null
  readonly storeIds: readonly string[]
  /** where the data comes from, without credentials */
  readonly source: string | null
  readonly ownerId: string | null
  readonly ownerName: string | null
  readonly requestId: string | null
  readonly attempts: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly expiresAt: string | null
}

/** What became of an act on many images. */
export interface BulkRunItem {
  readonly id: string
  /** null for one of another release */
  readonly act: BulkAct | null
  readonly who: 'reader' | 'other'
  readonly projectId: string
  readonly projectName: string | null
  readonly doneCount: number
  readonly failedCount: number
  readonly skippedCount: number
  readonly failed: readonly {
    readonly id: string
    readonly name: string | null
    readonly message: string
    readonly requestId?: string | undefined
  }[]
  readonly skipped: Readonly<Record<string, number>>
  readonly createdAt: string
}

export function isOver({ status }: Pick<TaskItem, 'status'>): boolean {
  return status === 'success' || status === 'failure'
}

/** What the list of tasks is looked at by; the server reads addresses with it too. */
export const taskViews = ['all', 'running', 'failed', 'done', 'bulk'] as const
export type TaskView = (typeof taskViews)[number]
