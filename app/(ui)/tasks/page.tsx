import type { Metadata } from 'next'
import { TaskRoom } from '@/components/tasks/task-list'
import { taskTexts } from '@/components/tasks/task-messages'
import { taskViews } from '@/components/tasks/view'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { listBulkRuns } from '@/lib/tasks/bulk-runs'
import type { TaskStatus } from '@/lib/tasks/task'
import { listProjectTasks } from '@/lib/tasks/tasks'
import { guarded } from '../guarded'
import { projectNames } from '../projects'
import { type SearchParams, searchParamsOf } from '../search-params'
import { bulkRunItem } from './bulk-run-item'
import { taskItems } from './task-item'

export function generateMetadata(): Metadata {
  return { title: taskTexts.title }
}

const PAGE_SIZE = 50
const RUNS_SHOWN = 100

const statusesOf: Readonly<Record<(typeof taskViews)[number], readonly TaskStatus[] | undefined>> = {
  all: undefined,
  running: ['pending', 'processing'],
  failed: ['failure'],
  done: ['success'],
  // Of acts on many images.
  bulk: [],
}

export default async function TasksPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const search = searchParamsOf(await searchParams)
    const view = taskViews.find((name) => name === search.get('view')) ?? 'all'
    const after = search.get('after')
    const statuses = statusesOf[view]
    // One more than shown tells whether there is another page.
    const found =
      view === 'bulk'
        ? []
        : await listProjectTasks(ctx, {
            limit: PAGE_SIZE + 1,
            ...(statuses !== undefined && { statuses }),
            ...(after !== null && { after }),
          })
    const tasks = found.slice(0, PAGE_SIZE)
    const names = await projectNames()
    return (
      <TaskRoom
        view={view}
        tasks={await taskItems(ctx, tasks, names)}
        runs={view === 'bulk' ? (await listBulkRuns(ctx, RUNS_SHOWN)).map((run) => bulkRunItem(ctx, run, names)) : []}
        next={found.length > PAGE_SIZE ? (tasks.at(-1)?.id ?? null) : null}
        isFirst={after === null}
        showsProjects={isCatalogAdmin(ctx)}
      />
    )
  })
}
