import type { Metadata } from 'next'
import { TaskRoom } from '@/components/tasks/task-list'
import { taskTexts } from '@/components/tasks/task-messages'
import { taskViews } from '@/components/tasks/view'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { dashboardContext } from '@/lib/session/dashboard-context'
import type { TaskStatus } from '@/lib/tasks/task'
import { listProjectTasks } from '@/lib/tasks/tasks'
import { guarded } from '../guarded'
import { projectNames } from '../projects'
import { type SearchParams, searchParamsOf } from '../search-params'
import { taskItems } from './task-item'

export function generateMetadata(): Metadata {
  return { title: taskTexts.title }
}

const PAGE_SIZE = 50

const statusesOf: Readonly<Record<(typeof taskViews)[number], readonly TaskStatus[] | undefined>> = {
  all: undefined,
  running: ['pending', 'processing'],
  failed: ['failure'],
  done: ['success'],
}

export default async function TasksPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const search = searchParamsOf(await searchParams)
    const view = taskViews.find((name) => name === search.get('view')) ?? 'all'
    const after = search.get('after')
    const statuses = statusesOf[view]
    // One more than shown tells whether there is another page.
    const found = await listProjectTasks(ctx, {
      limit: PAGE_SIZE + 1,
      ...(statuses !== undefined && { statuses }),
      ...(after !== null && { after }),
    })
    const tasks = found.slice(0, PAGE_SIZE)
    return (
      <TaskRoom
        view={view}
        tasks={await taskItems(ctx, tasks, await projectNames())}
        next={found.length > PAGE_SIZE ? (tasks.at(-1)?.id ?? null) : null}
        isFirst={after === null}
        showsProjects={isCatalogAdmin(ctx)}
      />
    )
  })
}
