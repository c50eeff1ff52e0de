import { config } from '@/lib/config/load'
import { type ApiError, apiError, isApiError } from '@/lib/errors/api-error'
import { type Logger, logger } from '@/lib/runtime/logger'
import { type ClaimedTask, keepTask } from '@/lib/tasks/task-repo'

/** A task in the hands of this process. */
export interface Claim {
  /** aborted when the task is lost or the node stops */
  readonly signal: AbortSignal
  readonly log: Logger
  /** what the task's message says at its next renewal */
  report(message: string): void
}

export interface ClaimedWork {
  /** what the log calls it */
  readonly name: string
  /** Does the task from where it stands, and ends it well. */
  work(claim: Claim): Promise<void>
  /** Ends the task badly, where this release can; throws `lease_lost` when it is not ours any more. */
  fail(error: unknown): Promise<void>
}

/**
 * Renews the claim of a task while it is worked on, and notes why it failed, unless it is lost or `signal` is aborted:
 * then another try goes on. Never throws.
 */
export async function whileClaimed(
  task: ClaimedTask,
  signal: AbortSignal,
  { name, work, fail }: ClaimedWork,
): Promise<void> {
  const stop = new AbortController()
  const onAbort = () => stop.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) stop.abort()
  let message = task.message
  const report = (text: string) => {
    message = text
  }
  const keeper = keepTask(task, { message: () => message, onLost: () => stop.abort() })
  const log = logger().child({ taskId: task.id, imageId: task.imageId, requestId: task.requestId })
  try {
    await work({ signal: stop.signal, log, report })
    log.info(`${name} done`)
  } catch (error) {
    if (!stop.signal.aborted) await giveUp(() => fail(error), log)
    log.info({ err: error }, `${name} ended early`)
  } finally {
    keeper.stop()
    signal.removeEventListener('abort', onAbort)
  }
}

async function giveUp(fail: () => Promise<void>, log: Logger): Promise<void> {
  try {
    await fail()
  } catch (failure) {
    // Lost: whoever has it ends it. Else the claim runs out, and the next try does.
    if (isApiError(failure) && failure.code === 'lease_lost') return
    log.warn({ err: failure }, 'the end of a task could not be recorded')
  }
}

/** Whether a task was begun so often already that this claim may only end it. */
export function isUsedUp({ attempts }: ClaimedTask): boolean {
  return attempts > config().imports.attempts
}

/** Throws `internal` for a task that this claim may only end. */
export function refuseUsedUp(task: ClaimedTask): void {
  if (!isUsedUp(task)) return
  throw apiError('internal', {
    public: `The work was begun ${task.attempts - 1} times, and each time the node that did it stopped.`,
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
