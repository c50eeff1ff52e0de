'use client'

import { Trash2 } from 'lucide-react'
import { type FormEvent, useId, useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextInput } from '@/components/ui/field'
import { IconButton } from '@/components/ui/icon-button'
import { useNavigation } from '@/components/ui/navigation'
import { Switch } from '@/components/ui/switch'
import { useToast } from '@/components/ui/toast'
import { useUndoable } from '@/components/ui/use-undoable'
import { savedViewTexts as texts } from './saved-view-messages'
import type { SavedViewActions, SavedViewsProps } from './saved-views'
import type { SavedViewItem } from './view'

export interface SaveDialogProps {
  readonly search: string
  readonly canShare: boolean
  readonly save: SavedViewActions['save']
  readonly onClose: () => void
}

export function SaveDialog({ search, canShare, save, onClose }: SaveDialogProps) {
  const [name, setName] = useState('')
  const [isShared, setShared] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [isPending, start] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()
  const formId = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start(async () => {
      const result = await insist(() => save({ name, search, isShared }))
      if (!result.ok) {
        setProblem(result.message)
        return
      }
      toast({ kind: 'ok', title: texts.saved(name.trim()) })
      onClose()
      refresh()
    })
  }
  return (
    <Dialog
      title={texts.title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            {texts.cancel}
          </Button>
          <Button variant="primary" type="submit" form={formId} isPending={isPending} isDisabled={name.trim() === ''}>
            {texts.confirm}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label={texts.name}
          help={texts.nameHelp}
          value={name}
          onChange={setName}
          autoComplete="off"
          autoFocus
        />
        {canShare && (
          <Switch isSelected={isShared} onChange={setShared}>
            {texts.share}
          </Switch>
        )}
        {problem !== undefined && (
          <Banner tone="danger" role="alert">
            {problem}
          </Banner>
        )}
      </form>
    </Dialog>
  )
}

export interface ManageDialogProps extends Pick<SavedViewsProps, 'views' | 'actions'> {
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function ManageDialog({ isOpen, views, actions, onClose }: ManageDialogProps) {
  const { isPending, act } = useUndoable()
  const removable = views.filter(({ canRemove }) => canRemove)
  const remove = ({ id, name, search, isShared, isOwn }: SavedViewItem) =>
    act({
      title: texts.removed(name),
      run: () => actions.remove({ id }),
      // Of somebody else's it would make one's own.
      ...(isOwn && { undo: () => actions.save({ name, search, isShared }) }),
    })
  return (
    <Dialog title={texts.manageTitle} isOpen={isOpen} onClose={onClose}>
      {removable.length === 0 && <p className="text-muted">{texts.none}</p>}
      <ul className="divide-y divide-line" aria-label={texts.manageTitle}>
        {removable.map((view) => (
          <li key={view.id} className="flex min-h-11 items-center gap-3">
            <span className="min-w-0 flex-1 wrap-anywhere">
              {view.name}
              {view.isShared && <span className="pl-2 text-muted text-sm">{texts.sharedMark}</span>}
            </span>
            <IconButton
              label={texts.remove(view.name)}
              variant="danger-quiet"
              isDisabled={isPending}
              onPress={() => remove(view)}
            >
              <Trash2 aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
