import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { taskTexts } from '@/components/tasks/task-messages'
import { TaskPage } from '@/components/tasks/task-page'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { getProjectTask } from '@/lib/tasks/tasks'
import { guarded } from '../../guarded'
import { projectNames } from '../../projects'
import { shownInput, taskItems } from '../task-item'

export function generateMetadata(): Metadata {
  return { title: taskTexts.title }
}

export default async function OneTaskPage({ params }: { params: Promise<{ readonly taskId: string }> }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const task = await getProjectTask(ctx, decodeURIComponent((await params).taskId))
    const [item] = await taskItems(ctx, [task], await projectNames())
    if (item === undefined) notFound()
    return <TaskPage task={item} input={shownInput(task)} />
  })
}
