export const taskStatuses = ['pending', 'processing', 'success', 'failure'] as const
export type TaskStatus = (typeof taskStatuses)[number]

/** Kinds of work that this release can do; `import` is Glance's oldest one, which makes the image too. */
export const taskTypes = ['import', 'api_image_import', 'location_import'] as const
export type TaskType = (typeof taskTypes)[number]

/** Work that outlives the request which asked for it. Times are epoch milliseconds. */
export interface Task {
  readonly id: string
  /** a {@link TaskType}, or one of another release */
  readonly type: string
  readonly status: TaskStatus
  readonly input: Readonly<Record<string, unknown>>
  readonly result: Readonly<Record<string, unknown>> | null
  readonly message: string
  readonly ownerId: string | null
  readonly userId: string | null
  readonly requestId: string | null
  readonly imageId: string | null
  /** how often it was begun; with the boot that did, the fencing token of whoever works on it */
  readonly attempts: number
  readonly createdAt: number
  readonly updatedAt: number
  /** when it will be forgotten; null while it is not over */
  readonly expiresAt: number | null
}
