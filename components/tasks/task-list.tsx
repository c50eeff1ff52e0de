'use client'

import { ListChecks } from 'lucide-react'
import { useLiveRefresh } from '@/components/live/live-events'
import { TabbedRoom } from '@/components/table/tabbed-room'
import { EmptyState } from '@/components/ui/empty-state'
import { AppLink } from '@/components/ui/link'
import { useNavigation } from '@/components/ui/navigation'
import { Time } from '@/components/ui/time'
import { BulkRuns } from './bulk-runs'
import { taskTexts } from './task-messages'
import { TaskProgress, TaskStatusTag, Took } from './task-state'
import { type BulkRunItem, isOver, type TaskItem, type TaskView, taskViews } from './view'

export interface TaskRoomProps {
  readonly view: TaskView
  readonly tasks: readonly TaskItem[]
  /** acts on many images; of their own view alone */
  readonly runs: readonly BulkRunItem[]
  readonly next: string | null
  readonly isFirst: boolean
  /** Names whose tasks they are, for those who see several projects'. */
  readonly showsProjects: boolean
}

const href = (view: TaskView) => (view === 'all' ? '/tasks' : `/tasks?view=${view}`)
const pollMs = 3000

/** Everything that runs or ran in the background. */
export function TaskRoom({ view, tasks, runs, next, isFirst, showsProjects }: TaskRoomProps) {
  const { navigate } = useNavigation()
  useFollowingTasks(tasks)
  return (
    <TabbedRoom
      title={taskTexts.title}
      intro={taskTexts.intro}
      tabs={{
        label: taskTexts.views,
        current: view,
        tabs: taskViews.map((id) => ({ id, label: taskTexts.view[id], href: href(id) })),
      }}
      pages={{
        onPrevious: isFirst ? null : () => navigate(href(view)),
        onNext: next === null ? null : () => navigate(`${href(view)}${view === 'all' ? '?' : '&'}after=${next}`),
      }}
    >
      {view === 'bulk' ? (
        <BulkRuns runs={runs} showsProjects={showsProjects} />
      ) : tasks.length === 0 ? (
        <EmptyState icon={<ListChecks aria-hidden />} title={taskTexts.empty[view]} text={taskTexts.emptyText} />
      ) : (
        <TaskList label={taskTexts.list(taskTexts.view[view])} tasks={tasks} showsProjects={showsProjects} />
      )}
    </TabbedRoom>
  )
}

export interface TaskListProps {
  readonly label: string
  readonly tasks: readonly TaskItem[]
  readonly showsProjects?: boolean
  /** Left out on the page of the image itself. */
  readonly showsImages?: boolean
}

/** Reads the page again when something happens to a task, also to one that is not in it yet. */
export function useFollowingTasks(tasks: readonly TaskItem[]): void {
  const isMoving = tasks.some((task) => !isOver(task))
  useLiveRefresh({ isAbout: ({ topic }) => topic === 'task', isMoving, pollMs })
}

/** Tasks, newest first. */
export function TaskList({ label, tasks, showsProjects = false, showsImages = true }: TaskListProps) {
  return (
    <ul aria-label={label} className="max-w-5xl divide-y divide-line">
      {tasks.map((task) => (
        <li key={task.id} className="grid items-start gap-x-6 gap-y-1.5 py-3 md:grid-cols-[7rem_minmax(0,1fr)_auto]">
          <TaskStatusTag status={task.status} />
          <div className="flex min-w-0 flex-col gap-1">
            <p>
              <AppLink href={`/tasks/${task.id}`} plain className="font-medium hovered:underline">
                {taskTexts.kind[task.kind]}
              </AppLink>
              {showsImages && <ImageName image={task.image} />}
            </p>
            <TaskProgress task={task} />
            {(task.storeIds.length > 0 || showsProjects) && (
              <p className="text-muted text-sm wrap-anywhere">
                {task.storeIds.length > 0 && `${taskTexts.to} ${task.storeIds.join(', ')}`}
                {showsProjects && task.ownerId !== null && (
                  <>
                    {task.storeIds.length > 0 && ' · '}
                    {taskTexts.project} {task.ownerName ?? <span className="font-mono">{task.ownerId}</span>}
                  </>
                )}
              </p>
            )}
          </div>
          <p className="text-muted text-sm md:text-right">
            <Time iso={task.createdAt} />
            <span className="md:block max-md:pl-3">
              <Took task={task} />
            </span>
          </p>
        </li>
      ))}
    </ul>
  )
}

function ImageName({ image }: { image: TaskItem['image'] }) {
  if (image === null) return null
  const name = image.name === null || image.name === '' ? image.id : image.name
  return (
    <>
      {' · '}
      {image.isThere ? (
        <AppLink href={`/images/${encodeURIComponent(image.id)}`} className="wrap-anywhere">
          {name}
        </AppLink>
      ) : (
        <span className="text-muted wrap-anywhere">{name}</span>
      )}
    </>
  )
}
