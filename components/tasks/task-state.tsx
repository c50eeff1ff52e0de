'use client'

import { CircleCheck, CircleDotDashed, Clock, type LucideIcon, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { cx } from '@/components/ui/cx'
import { Progress } from '@/components/ui/progress'
import type { TaskStatus } from '@/lib/tasks/view'
import { taskTexts } from './task-messages'
import { isOver, type TaskItem } from './view'

const looks: Readonly<Record<TaskStatus, { readonly Icon: LucideIcon; readonly tone: string }>> = {
  pending: { Icon: Clock, tone: 'text-muted' },
  processing: { Icon: CircleDotDashed, tone: 'text-info' },
  success: { Icon: CircleCheck, tone: 'text-ok' },
  failure: { Icon: TriangleAlert, tone: 'text-danger' },
}

export function TaskStatusTag({ status }: { status: TaskStatus }) {
  const { Icon, tone } = looks[status]
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon
        className={cx('size-4 shrink-0', tone, status === 'processing' && 'animate-spin [animation-duration:3s]')}
        aria-hidden
      />
      {taskTexts.status[status]}
    </span>
  )
}

/** A bar and the last words of a task that runs, the reason of one that failed or could not do all of it. */
export function TaskProgress({ task }: { task: TaskItem }) {
  if (task.status === 'failure') return <p className="text-danger wrap-anywhere">{task.message}</p>
  if (task.status === 'success' && task.message !== '') {
    return <p className="text-warn wrap-anywhere">{task.message}</p>
  }
  if (task.status !== 'processing') return null
  return (
    <div className="max-w-md">
      <Progress
        label={taskTexts.progress(taskTexts.kind[task.kind])}
        {...(task.progress !== null && { value: task.progress })}
      />
      <p className="pt-1 text-muted text-sm tabular-nums wrap-anywhere">{task.message}</p>
    </div>
  )
}

/** How long a task took, or has taken until now. */
export function Took({ task }: { task: TaskItem }) {
  const [now, setNow] = useState<number | null>(null)
  const isRunning = !isOver(task)
  useEffect(() => {
    if (!isRunning) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [isRunning])
  const end = isRunning ? (now ?? Date.parse(task.updatedAt)) : Date.parse(task.updatedAt)
  return <span className="tabular-nums">{taskTexts.seconds((end - Date.parse(task.createdAt)) / 1000)}</span>
}
