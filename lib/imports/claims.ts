import { config } from '@/lib/config/load'
import { type ApiError, apiError, isApiError } from '@/lib/errors/api-error'
import type { ClaimedTask } from '@/lib/tasks/task-repo'

/** Whether a task was begun so often already that this claim may only end it. */
export function isUsedUp({ attempts }: ClaimedTask): boolean {
  return attempts > config().imports.attempts
}

export function usedUp({ attempts }: ClaimedTask): ApiError {
  return apiError('internal', {
    public: `The work was begun ${attempts - 1} times, and each time the node that did it stopped.`,
  })
}

/** What a task says, by this reader. Throws `internal` where this release cannot read it. */
export function readTask<T>({ input }: ClaimedTask, read: (input: unknown) => T): T {
  try {
    return read(input)
  } catch (error) {
    throw unread(error)
  }
}

/** Why a task failed, in words for the one who asked for it. */
export function sentenceOf(error: unknown): string {
  return isApiError(error) ? error.message : 'Task failed due to Internal Error'
}

/**
 * This release cannot read what a task says. It is left alone until its claims are used up, so that a node of the
 * release that wrote it may have it while nodes are upgraded one by one.
 */
function unread(cause: unknown): ApiError {
  return apiError('internal', {
    public:
      'No node could read what was asked for, which another release of this service wrote down. Ask for it again when all nodes have the same release.',
    cause,
  })
}
