'use client'

import { ListChecks } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { TaskList, useFollowingTasks } from './task-list'
import { taskTexts } from './task-messages'
import type { TaskItem } from './view'

/** What runs or ran for one image. */
export function ImageTasks({ tasks }: { tasks: readonly TaskItem[] }) {
  useFollowingTasks(tasks)
  if (tasks.length === 0) {
    return <EmptyState icon={<ListChecks aria-hidden />} title={taskTexts.empty.all} text={taskTexts.emptyOfImage} />
  }
  return (
    <div className="px-4 pb-16 md:px-6">
      <TaskList label={taskTexts.title} tasks={tasks} showsImages={false} />
    </div>
  )
}
