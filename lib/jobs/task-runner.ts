import { config } from '@/lib/config/load'
import { db } from '@/lib/db/client'
import { runImport } from '@/lib/imports/run-import'
import { runLocation } from '@/lib/imports/run-location'
import { logger } from '@/lib/runtime/logger'
import { forgetNodes, noteAlive } from '@/lib/tasks/node-repo'
import { type ClaimedTask, claimTask, forgetTasks, releaseTask } from '@/lib/tasks/task-repo'
import { onTaskAnnounced } from '@/lib/tasks/wakeup'
import { type Repetition, repeat } from './repeat'

const PAUSE_MS = 2_000
const FORGET_EVERY_MS = 10 * 60_000

/**
 * Works on tasks, `imports.workers` at once: new ones of this node at once, others' and those that a dead node left
 * within seconds. When it stops, what it was doing is free for other nodes and for this one's next start.
 */
export function startTaskRunner(): Repetition {
  const running = new Map<ClaimedTask, Promise<void>>()
  const stopping = new AbortController()
  let filling: Promise<void> | undefined
  const begin = (task: ClaimedTask) => {
    const run = task.type === 'location_import' ? runLocation : runImport
    const work = run(task, stopping.signal).finally(() => {
      running.delete(task)
      wake()
    })
    running.set(task, work)
  }
  const fill = async () => {
    while (!stopping.signal.aborted && running.size < config().imports.workers) {
      const task = await claimTask(db())
      if (task === undefined) return
      begin(task)
    }
  }
  const fillOnce = () => {
    filling ??= fill().finally(() => {
      filling = undefined
    })
    return filling
  }
  const wake = () => {
    if (stopping.signal.aborted) return
    fillOnce().catch((error: unknown) => logger().warn({ err: error }, 'tasks could not be looked for'))
  }
  onTaskAnnounced(wake)
  const aliveMs = (config().uploads.leaseSeconds * 1000) / 3
  const signs = repeat({ pauseMs: aliveMs, firstMs: 0, text: 'this node could not say that it lives' }, async () => {
    await noteAlive(db())
  })
  const rounds = repeat({ pauseMs: PAUSE_MS, firstMs: 0, text: 'the task runner failed' }, fillOnce)
  const forgetting = repeat({ pauseMs: FORGET_EVERY_MS, firstMs: 60_000, text: 'old tasks stay' }, async () => {
    await forgetTasks(db())
    await forgetNodes(db())
  })
  return {
    stop: async () => {
      const interrupted = [...running.keys()]
      stopping.abort()
      onTaskAnnounced(() => {})
      await Promise.all([signs.stop(), rounds.stop(), forgetting.stop()])
      await Promise.all(running.values())
      for (const task of interrupted) await releaseTask(db(), task)
    },
  }
}
