'use client'

import { CircleCheck, CircleDashed, CircleDotDashed, Copy, Database, Trash2, TriangleAlert } from 'lucide-react'
import { type FormEvent, useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { useFollowingTasks } from '@/components/tasks/task-list'
import { TaskProgress } from '@/components/tasks/task-state'
import { isOver, type TaskItem } from '@/components/tasks/view'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Bytes } from '@/components/ui/bytes'
import { CopyText } from '@/components/ui/copy-text'
import { Dialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { TextInput } from '@/components/ui/field'
import { formatBytes } from '@/components/ui/format'
import { AppLink } from '@/components/ui/link'
import { Mark } from '@/components/ui/mark'
import { useNavigation } from '@/components/ui/navigation'
import { Progress } from '@/components/ui/progress'
import type { Result } from '@/components/ui/result'
import { useToast } from '@/components/ui/toast'
import type { ImageView } from '@/lib/images/view'
import type { ImagePlace } from '@/lib/imports/view'
import { locationTexts as texts } from './locations-messages'
import { StoreName } from './store-name'

export interface LocationActions {
  readonly copy: (input: { imageId: string; storeIds: readonly string[] }) => Promise<Result<null>>
  readonly remove: (input: { imageId: string; storeId: string }) => Promise<Result<null>>
}

export interface ImageLocationsProps {
  readonly image: ImageView
  readonly places: readonly ImagePlace[]
  /** those of the image that the reader may know of, the newest first */
  readonly tasks: readonly TaskItem[]
  readonly actions: LocationActions
}

/** Where an image's data is, and the ways to put it elsewhere too. */
export function ImageLocations({ image, places, tasks, actions }: ImageLocationsProps) {
  const [copying, setCopying] = useState<readonly string[] | null>(null)
  const [removing, setRemoving] = useState<string | null>(null)
  useFollowingTasks(tasks)
  const there = places.filter(({ state }) => state === 'there')
  const open = places.filter(({ copy }) => copy?.block === null).map(({ storeId }) => storeId)
  if (image.sizeBytes === null && places.every(({ state }) => state === 'absent')) {
    return <EmptyState icon={<Database aria-hidden />} title={texts.intro(0, places.length)} text={texts.noData} />
  }
  const isHidden = image.status === 'deactivated' && there.length === 0
  return (
    <div className="flex max-w-5xl flex-col gap-3 px-4 pt-5 pb-16 md:px-6">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-muted">{isHidden ? texts.hidden : texts.intro(there.length, places.length)}</p>
        {open.length > 1 && (
          <Button onPress={() => setCopying(open)}>
            <Copy aria-hidden />
            {texts.copyAll}
          </Button>
        )}
      </div>
      <ul aria-label={texts.title} className="divide-y divide-line border-line border-y">
        {places.map((place) => (
          <Place
            key={place.storeId}
            place={place}
            sizeBytes={image.sizeBytes}
            isFirst={there.length > 1 && place === there[0]}
            task={tasks.find((task) => !isOver(task) && task.storeIds.includes(place.storeId))}
            onCopy={() => setCopying([place.storeId])}
            onRemove={() => setRemoving(place.storeId)}
          />
        ))}
      </ul>
      {copying !== null && (
        <CopyDialog
          image={image}
          targets={places.filter(({ storeId }) => copying.includes(storeId))}
          copy={actions.copy}
          onClose={() => setCopying(null)}
        />
      )}
      {removing !== null && (
        <RemoveDialog
          imageId={image.id}
          storeId={removing}
          others={there.map(({ storeId }) => storeId).filter((storeId) => storeId !== removing)}
          remove={actions.remove}
          onClose={() => setRemoving(null)}
        />
      )}
    </div>
  )
}

interface PlaceProps {
  readonly place: ImagePlace
  readonly sizeBytes: number | null
  readonly isFirst: boolean
  readonly task: TaskItem | undefined
  readonly onCopy: () => void
  readonly onRemove: () => void
}

const states = {
  there: <CircleCheck className="text-ok" aria-hidden />,
  coming: <CircleDotDashed className="animate-spin text-info [animation-duration:3s]" aria-hidden />,
  absent: <CircleDashed className="text-muted" aria-hidden />,
} as const

function Place({ place, sizeBytes, isFirst, task, onCopy, onRemove }: PlaceProps) {
  const { storeId, description, state, copy, remove, reason } = place
  const block =
    copy?.block != null ? texts.copyBlock[copy.block] : remove?.block != null && texts.removeBlock[remove.block]
  return (
    <li
      data-store={storeId}
      className="grid items-start gap-x-6 gap-y-2 py-3 md:grid-cols-[minmax(0,1fr)_10rem_minmax(0,14rem)]"
    >
      <div className="min-w-0">
        <StoreName
          {...{ storeId, description, reason }}
          readOnly={place.isConfigured && place.isReadOnly ? texts.readOnly : null}
        >
          {place.isDefault && <Mark>{texts.isDefault}</Mark>}
          {isFirst && <Mark>{texts.readFirst}</Mark>}
          {!place.isConfigured && <Mark tone="warn">{texts.lost}</Mark>}
        </StoreName>
        {place.urls.map((url) => (
          <div key={url} className="pt-1">
            <CopyText text={url} label={texts.address(storeId)} />
          </div>
        ))}
      </div>
      <div className="flex flex-wrap items-center gap-x-3 md:flex-col md:items-start">
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap [&_svg]:size-4">
          {states[state]}
          {texts.state[state]}
        </span>
        {state === 'there' && sizeBytes !== null && (
          <span className="text-muted text-sm">
            <Bytes value={sizeBytes} />
          </span>
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-1.5 md:items-end">
        {state === 'coming' && <Coming storeId={storeId} task={task} />}
        {place.hasFailed && state !== 'coming' && (
          <p className="flex items-start gap-1.5 text-danger text-sm">
            <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
            {texts.failed}
          </p>
        )}
        {copy !== undefined && state !== 'coming' && (
          <Button
            size="sm"
            aria-label={texts.copyTo(storeId)}
            isDisabled={copy.block !== null}
            onPress={onCopy}
            className="self-start md:self-end"
          >
            <Copy aria-hidden />
            {texts.copy}
          </Button>
        )}
        {remove !== undefined && (
          <Button
            size="sm"
            variant="danger-quiet"
            aria-label={texts.removeFrom(storeId)}
            isDisabled={remove.block !== null}
            onPress={onRemove}
            className="self-start md:self-end"
          >
            <Trash2 aria-hidden />
            {texts.remove}
          </Button>
        )}
        {block && state !== 'coming' && <p className="text-muted text-sm md:text-right">{block}</p>}
      </div>
    </li>
  )
}

function Coming({ storeId, task }: { storeId: string; task: TaskItem | undefined }) {
  return (
    <div className="w-full max-w-md">
      {task === undefined ? <Progress label={texts.copyTo(storeId)} /> : <TaskProgress task={task} />}
      {task !== undefined && (
        <p className="text-sm">
          <AppLink href={`/tasks/${task.id}`}>{texts.task}</AppLink>
        </p>
      )}
    </div>
  )
}

interface CopyDialogProps {
  readonly image: ImageView
  readonly targets: readonly ImagePlace[]
  readonly copy: LocationActions['copy']
  readonly onClose: () => void
}

function CopyDialog({ image, targets, copy, onClose }: CopyDialogProps) {
  const names = targets.map(({ storeId }) => storeId)
  const sizeBytes = image.sizeBytes ?? 0
  const { problem, isRunning, run } = useRun(
    () => copy({ imageId: image.id, storeIds: names }),
    texts.copyBegun(names),
    onClose,
  )
  return (
    <Dialog
      title={texts.copyTitle(names)}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            {texts.cancel}
          </Button>
          <Button variant="primary" isPending={isRunning} onPress={run}>
            {texts.copyConfirm}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>{texts.copyText(formatBytes(sizeBytes), names.length)}</p>
        {targets.map(({ storeId, freeBytes }) =>
          freeBytes === null ? null : freeBytes < sizeBytes ? (
            <Banner key={storeId} tone="warn">
              {texts.tooSmall(storeId, formatBytes(freeBytes))}
            </Banner>
          ) : (
            <p key={storeId} className="text-muted text-sm">
              {texts.free(storeId, formatBytes(freeBytes))}
            </p>
          ),
        )}
        <p className="text-muted text-sm">{texts.copyHelp}</p>
        {problem !== undefined && (
          <Banner tone="danger" role="alert" title={texts.nothingToCopy}>
            {problem}
          </Banner>
        )}
      </div>
    </Dialog>
  )
}

interface RemoveDialogProps {
  readonly imageId: string
  readonly storeId: string
  readonly others: readonly string[]
  readonly remove: LocationActions['remove']
  readonly onClose: () => void
}

const removeFormId = 'remove-from-store'

function RemoveDialog({ imageId, storeId, others, remove, onClose }: RemoveDialogProps) {
  const [typed, setTyped] = useState('')
  const [mistake, setMistake] = useState<string>()
  const { problem, isRunning, run } = useRun(() => remove({ imageId, storeId }), texts.removed(storeId), onClose)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() === storeId) run()
    else setMistake(texts.mismatch(storeId))
  }
  return (
    <Dialog
      title={texts.removeTitle(storeId)}
      role="alertdialog"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            {texts.cancel}
          </Button>
          <Button variant="danger" type="submit" form={removeFormId} isPending={isRunning}>
            <Trash2 aria-hidden />
            {texts.removeConfirm}
          </Button>
        </>
      }
    >
      <form id={removeFormId} onSubmit={submit} className="flex flex-col gap-3">
        <p>{texts.removeText(others)}</p>
        <TextInput
          label={texts.removeHelp(storeId)}
          value={typed}
          onChange={(value) => {
            setTyped(value)
            setMistake(undefined)
          }}
          error={mistake}
          autoComplete="off"
          autoFocus
        />
        {problem !== undefined && (
          <Banner tone="danger" role="alert" title={texts.notRemoved}>
            {problem}
          </Banner>
        )}
      </form>
    </Dialog>
  )
}

/** Does something once; the sentence of a refusal stays in sight, and whatever happened the page is read again. */
function useRun(act: () => Promise<Result<null>>, done: string, onDone: () => void) {
  const [problem, setProblem] = useState<string>()
  const [isRunning, start] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()
  const run = () =>
    start(async () => {
      const result = await insist(act)
      refresh()
      if (!result.ok) {
        setProblem(result.message)
        return
      }
      toast({ kind: 'ok', title: done })
      onDone()
    })
  return { problem, isRunning, run }
}
