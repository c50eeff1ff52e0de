'use client'

import { CircleAlert, CircleCheck, CircleSlash, Trash2 } from 'lucide-react'
import { type FormEvent, type ReactNode, useState, useTransition } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextInput } from '@/components/ui/field'
import { formatBytes } from '@/components/ui/format'
import { uiTexts } from '@/components/ui/messages'
import { deleteTexts } from './delete-messages'
import { imageName } from './image-columns'
import { planDelete } from './image-state'
import type { DeleteOutcome, ImageActions, ImageItem } from './view'

export interface DeleteSheetProps {
  /** null: closed */
  readonly items: readonly ImageItem[] | null
  readonly remove: ImageActions['remove']
  readonly onClose: () => void
  readonly onDeleted: (imageIds: readonly string[]) => void
}

const formId = 'delete-images'

/** Preflight, confirmation and results of deleting, in one place. */
export function DeleteSheet({ items, remove, onClose, onDeleted }: DeleteSheetProps) {
  if (items === null) return null
  return <OpenSheet key={items.map(({ image }) => image.id).join()} {...{ items, remove, onClose, onDeleted }} />
}

function OpenSheet({ items, remove, onClose, onDeleted }: DeleteSheetProps & { readonly items: readonly ImageItem[] }) {
  const plan = planDelete(items)
  const [typed, setTyped] = useState('')
  const [mistake, setMistake] = useState<string>()
  const [refusal, setRefusal] = useState<string>()
  const [outcomes, setOutcomes] = useState<readonly DeleteOutcome[] | null>(null)
  const [isRunning, start] = useTransition()
  const count = plan.deletable.length
  const only = plan.deletable[0]
  const wanted = count === 1 && only !== undefined ? (only.image.name ?? '') || only.image.id : String(count)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() !== wanted) {
      setMistake(deleteTexts.mismatch(wanted))
      return
    }
    start(async () => {
      const result = await remove({ imageIds: plan.deletable.map(({ image }) => image.id) })
      if (!result.ok) {
        setRefusal(result.message)
        return
      }
      onDeleted(result.data.filter((outcome) => outcome.isDeleted).map((outcome) => outcome.imageId))
      if (result.data.every((outcome) => outcome.isDeleted)) onClose()
      else setOutcomes(result.data)
    })
  }

  if (outcomes !== null) return <Results {...{ items, outcomes, onClose }} />
  return (
    <Dialog
      title={deleteTexts.title(items.length)}
      role="alertdialog"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            {count === 0 ? deleteTexts.close : deleteTexts.cancel}
          </Button>
          {count > 0 && (
            <Button variant="danger" type="submit" form={formId} isPending={isRunning}>
              <Trash2 aria-hidden />
              {deleteTexts.confirm(count)}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {count === 0 && <p>{deleteTexts.nothing}</p>}
        {count > 0 && (
          <Group icon={<Trash2 className="text-danger" />} title={deleteTexts.will(count)} items={plan.deletable}>
            {plan.freedBytes > 0 && deleteTexts.frees(formatBytes(plan.freedBytes))}
          </Group>
        )}
        {plan.blocked.map(({ reason, items: group }) => (
          <Group
            key={reason}
            icon={<CircleSlash className="text-muted" />}
            title={deleteTexts.cannot(group.length)}
            items={group}
          >
            {reason}
          </Group>
        ))}
        {count > 0 && (
          <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
            <p className="text-muted text-sm">{deleteTexts.final}</p>
            <TextInput
              label={count === 1 ? deleteTexts.typeName(wanted) : deleteTexts.typeCount(count)}
              value={typed}
              onChange={(value) => {
                setTyped(value)
                setMistake(undefined)
              }}
              error={mistake}
              autoComplete="off"
              autoFocus
            />
            {refusal !== undefined && (
              <Banner tone="danger" role="alert">
                {refusal}
              </Banner>
            )}
          </form>
        )}
      </div>
    </Dialog>
  )
}

const namesShown = 8

function Group(props: { icon: ReactNode; title: string; items: readonly ImageItem[]; children: ReactNode }) {
  const { icon, title, items, children } = props
  return (
    <section className="rounded-md border border-line p-3">
      <h3 className="flex items-center gap-2 font-medium [&_svg]:size-4">
        {icon}
        {title}
      </h3>
      {children && <p className="text-muted text-sm">{children}</p>}
      <ul className="mt-1 text-sm">
        {items.slice(0, namesShown).map(({ image }) => (
          <li key={image.id} className="flex justify-between gap-3">
            <span className="truncate">{imageName(image)}</span>
            <span className="shrink-0 font-mono text-muted text-xs leading-5">{image.id.slice(0, 8)}</span>
          </li>
        ))}
        {items.length > namesShown && <li className="text-muted">{deleteTexts.andMore(items.length - namesShown)}</li>}
      </ul>
    </section>
  )
}

interface ResultsProps {
  readonly items: readonly ImageItem[]
  readonly outcomes: readonly DeleteOutcome[]
  readonly onClose: () => void
}

function Results({ items, outcomes, onClose }: ResultsProps) {
  const names = new Map(items.map(({ image }) => [image.id, imageName(image)]))
  const failed = outcomes.filter((outcome) => !outcome.isDeleted)
  const doneCount = outcomes.length - failed.length
  return (
    <Dialog
      title={deleteTexts.resultTitle}
      isOpen
      onClose={onClose}
      actions={<Button onPress={onClose}>{deleteTexts.close}</Button>}
    >
      <div className="flex flex-col gap-2" role="status">
        {doneCount > 0 && (
          <p className="flex items-center gap-2">
            <CircleCheck className="size-4 text-ok" aria-hidden />
            {deleteTexts.done(doneCount)}
          </p>
        )}
        <p className="flex items-center gap-2">
          <CircleAlert className="size-4 text-danger" aria-hidden />
          {deleteTexts.failed(failed.length)}
        </p>
        <ul className="flex flex-col gap-2">
          {failed.map((outcome) => (
            <li key={outcome.imageId} className="rounded-md border border-line p-2 text-sm">
              <p className="font-medium">{names.get(outcome.imageId) ?? outcome.imageId}</p>
              <p>{outcome.message}</p>
              {outcome.requestId !== undefined && (
                <p className="text-muted text-xs">
                  {uiTexts.requestId} <span className="font-mono">{outcome.requestId}</span>
                </p>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  )
}
