'use client'

import { Bookmark, BookmarkPlus, Trash2 } from 'lucide-react'
import { type FormEvent, useId, useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextInput } from '@/components/ui/field'
import { IconButton } from '@/components/ui/icon-button'
import { Menu, MenuItem, MenuLine, MenuSection } from '@/components/ui/menu'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { Switch } from '@/components/ui/switch'
import { useToast } from '@/components/ui/toast'
import { useUndoable } from '@/components/ui/use-undoable'
import { savedViewTexts as texts } from './saved-view-messages'
import type { SavedViewItem } from './view'

export interface SavedViewActions {
  readonly save: (view: {
    readonly name: string
    readonly search: string
    readonly isShared: boolean
  }) => Promise<Result<null>>
  readonly remove: (input: { readonly id: string }) => Promise<Result<null>>
}

export interface SavedViewsProps {
  readonly views: readonly SavedViewItem[]
  /** the list as it is now, with its order and columns */
  readonly search: string
  readonly canShare: boolean
  readonly actions: SavedViewActions
}

/** Lists under a name: the way to each, and to keeping the one that is shown. */
export function SavedViews({ views, search, canShare, actions }: SavedViewsProps) {
  const [open, setOpen] = useState<'save' | 'manage' | null>(null)
  const own = views.filter(({ isOwn }) => isOwn)
  const shared = views.filter(({ isOwn }) => !isOwn)
  const close = () => setOpen(null)
  const items = (some: readonly SavedViewItem[]) =>
    some.map((view) => (
      <MenuItem key={view.id} id={view.id} href={`/images${view.search}`} isChecked={view.search === search}>
        {view.name}
      </MenuItem>
    ))
  return (
    <>
      <Menu
        label={texts.label}
        trigger={
          <Button aria-label={texts.label} className="max-sm:px-2.5">
            <Bookmark className="text-muted" aria-hidden />
          </Button>
        }
      >
        {own.length > 0 && <MenuSection title={texts.own}>{items(own)}</MenuSection>}
        {shared.length > 0 && <MenuSection title={texts.shared}>{items(shared)}</MenuSection>}
        {views.length > 0 && <MenuLine />}
        <MenuItem icon={<BookmarkPlus />} onAction={() => setOpen('save')}>
          {texts.save}
        </MenuItem>
        {views.some(({ canRemove }) => canRemove) && (
          <MenuItem icon={<Trash2 />} onAction={() => setOpen('manage')}>
            {texts.manage}
          </MenuItem>
        )}
      </Menu>
      {open === 'save' && <SaveDialog search={search} canShare={canShare} save={actions.save} onClose={close} />}
      <ManageDialog isOpen={open === 'manage'} views={views} actions={actions} onClose={close} />
    </>
  )
}

interface SaveDialogProps {
  readonly search: string
  readonly canShare: boolean
  readonly save: SavedViewActions['save']
  readonly onClose: () => void
}

function SaveDialog({ search, canShare, save, onClose }: SaveDialogProps) {
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

interface ManageDialogProps extends Pick<SavedViewsProps, 'views' | 'actions'> {
  readonly isOpen: boolean
  readonly onClose: () => void
}

function ManageDialog({ isOpen, views, actions, onClose }: ManageDialogProps) {
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
