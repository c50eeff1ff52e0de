'use client'

import { type Fact, FactList } from '@/components/images/fact-list'
import { JsonView } from '@/components/images/json-view'
import { useLiveRefresh } from '@/components/live/live-events'
import { Banner } from '@/components/ui/banner'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { CopyText } from '@/components/ui/copy-text'
import { AppLink } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { Time } from '@/components/ui/time'
import { taskTexts } from './task-messages'
import { TaskProgress, TaskStatusTag, Took } from './task-state'
import { isOver, type TaskItem } from './view'

export interface TaskPageProps {
  readonly task: TaskItem
  /** what was asked for, without secrets, as JSON */
  readonly input: string
}

const pollMs = 2000

/** One task with everything that is known of it. */
export function TaskPage({ task, input }: TaskPageProps) {
  useLiveRefresh({ isAbout: ({ taskId }) => taskId === task.id, isMoving: !isOver(task), pollMs })
  const title = taskTexts.kind[task.kind]
  const { image } = task
  return (
    <div className="flex flex-col gap-6 px-4 pt-4 pb-16 md:px-6">
      <header>
        <Breadcrumb crumbs={[{ label: taskTexts.title, href: '/tasks' }, { label: title }]} />
        <div className="flex flex-wrap items-start justify-between gap-3 pt-1">
          <div>
            <h1 className="font-semibold text-xl">{title}</h1>
            <p className="pt-1">
              <TaskStatusTag status={task.status} />
            </p>
          </div>
          {image?.isThere && (
            <LinkButton href={`/images/${encodeURIComponent(image.id)}`}>{taskTexts.toImage}</LinkButton>
          )}
        </div>
      </header>
      {task.status === 'failure' ? (
        <Banner tone="danger" title={task.message || taskTexts.status.failure} />
      ) : (
        <TaskProgress task={task} />
      )}
      <div className="grid max-w-5xl grid-cols-1 items-start gap-x-10 gap-y-7">
        <FactList title={taskTexts.details} facts={facts(task)} />
        <section>
          <h2 className="pb-1.5 font-semibold">{taskTexts.input}</h2>
          <JsonView json={input} label={taskTexts.inputCaption} />
        </section>
      </div>
    </div>
  )
}

function facts(task: TaskItem): readonly Fact[] {
  const { image, source, storeIds, ownerId, ownerName, requestId } = task
  return [
    ...(image === null
      ? []
      : [
          {
            label: taskTexts.of,
            value: image.isThere ? (
              <AppLink href={`/images/${encodeURIComponent(image.id)}`}>{image.name || image.id}</AppLink>
            ) : (
              `${image.name || image.id} (${taskTexts.goneImage})`
            ),
          },
        ]),
    ...(source === null ? [] : [{ label: taskTexts.from, value: <span className="font-mono text-sm">{source}</span> }]),
    ...(storeIds.length === 0 ? [] : [{ label: taskTexts.to, value: storeIds.join(', ') }]),
    { label: taskTexts.started, value: <Time iso={task.createdAt} /> },
    ...(isOver(task) ? [{ label: taskTexts.ended, value: <Time iso={task.updatedAt} /> }] : []),
    { label: taskTexts.took, value: <Took task={task} /> },
    ...(task.attempts > 1 ? [{ label: taskTexts.tries, value: String(task.attempts) }] : []),
    ...(task.expiresAt === null ? [] : [{ label: taskTexts.forgotten, value: <Time iso={task.expiresAt} /> }]),
    ...(ownerId === null
      ? []
      : [
          {
            label: taskTexts.project,
            value: ownerName ?? <CopyText text={ownerId} label={taskTexts.copyOf(taskTexts.project)} />,
          },
        ]),
    { label: taskTexts.id, value: <CopyText text={task.id} label={taskTexts.copyOf(taskTexts.id)} /> },
    ...(requestId === null
      ? []
      : [
          {
            label: taskTexts.request,
            value: <CopyText text={requestId} label={taskTexts.copyOf(taskTexts.request)} />,
          },
        ]),
  ]
}
