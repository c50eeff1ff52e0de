'use client'

import { Bookmark, BookmarkPlus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { lazyPart } from '@/components/ui/lazy-part'
import { Menu, MenuItem, MenuLine, MenuSection } from '@/components/ui/menu'
import type { Result } from '@/components/ui/result'
import { savedViewTexts as texts } from './saved-view-messages'
import type { SavedViewItem } from './view'

const SaveDialog = lazyPart(async () => (await import('./saved-view-dialogs')).SaveDialog)
const ManageDialog = lazyPart(async () => (await import('./saved-view-dialogs')).ManageDialog)

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
