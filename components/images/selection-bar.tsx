'use client'

import {
  Columns2,
  Ellipsis,
  Eye,
  EyeOff,
  ListChecks,
  Pause,
  Play,
  Shield,
  ShieldOff,
  SlidersHorizontal,
  Tag,
  Trash2,
  X,
} from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { formatBytes } from '@/components/ui/format'
import { IconButton } from '@/components/ui/icon-button'
import { LinkButton } from '@/components/ui/link-button'
import { Menu, MenuItem, MenuLine } from '@/components/ui/menu'
import { uiTexts } from '@/components/ui/messages'
import type { Ask, BulkAct } from './bulk-act'
import { bulkTexts } from './bulk-messages'
import { imageTexts } from './messages'
import type { ImageItem } from './view'

export interface SelectionBarProps {
  /** those marked, or where all that match are, those on the page */
  readonly items: readonly ImageItem[]
  readonly count: number
  /** Whether all that match are meant, seen or not. */
  readonly isAll: boolean
  /** Offered while the page is marked and more match. */
  readonly onSelectAll: { readonly label: string; readonly run: (() => void) | null } | null
  /** Marks the rest of the page, where the box in the table's head is not to be seen; null when nothing is left. */
  readonly onSelectPage: (() => void) | null
  /** the page that shows the marked ones side by side; null when they are too few or too many for it */
  readonly compareHref: string | null
  readonly onAct: (act: BulkAct) => void
  readonly onAsk: (ask: Ask) => void
  /** `hadFocus`: the focus was in the bar, which goes. */
  readonly onClear: (hadFocus: boolean) => void
}

/** What is marked and what can be done with it. */
export function SelectionBar(props: SelectionBarProps) {
  const { items, count, isAll, onSelectAll, onAct, onClear } = props
  const bar = useRef<HTMLElement>(null)
  const sizeBytes = isAll ? 0 : items.reduce((sum, { image }) => sum + (image.sizeBytes ?? 0), 0)
  const label = isAll ? bulkTexts.allSelected(count) : uiTexts.table.selected(count)
  return (
    <div className="pointer-events-none sticky bottom-3 z-20 flex justify-center">
      <section
        ref={bar}
        aria-label={label}
        className="pointer-events-auto mb-3 flex max-w-full flex-col rounded-lg bg-raised py-1.5 pr-1.5 pl-4 shadow-float"
      >
        <div className="flex items-center gap-2">
          <p className="min-w-0 flex-1 tabular-nums sm:whitespace-nowrap" role="status">
            <span className="font-medium">{label}</span>
            {sizeBytes > 0 && <span className="text-muted max-sm:hidden"> · {formatBytes(sizeBytes)}</span>}
          </p>
          {props.compareHref !== null && (
            <LinkButton href={props.compareHref}>
              <Columns2 aria-hidden />
              <span className="max-sm:sr-only">{bulkTexts.compare}</span>
            </LinkButton>
          )}
          <BulkMenu {...props} />
          {items.some(({ can }) => can.delete) && (
            <Button variant="danger-quiet" onPress={() => onAct({ kind: 'delete' })}>
              <Trash2 aria-hidden />
              {imageTexts.actions.delete}
            </Button>
          )}
          <IconButton
            label={uiTexts.table.clearSelection}
            onPress={() => onClear(bar.current?.contains(document.activeElement) ?? false)}
          >
            <X aria-hidden />
          </IconButton>
        </div>
        {onSelectAll?.run != null && (
          <div className="flex justify-center pt-1 pr-2">
            <Button variant="quiet" size="sm" className="text-accent" onPress={onSelectAll.run}>
              {onSelectAll.label}
            </Button>
          </div>
        )}
        {onSelectAll !== null && onSelectAll.run === null && (
          <p className="py-1 text-center text-muted text-sm">{onSelectAll.label}</p>
        )}
      </section>
    </div>
  )
}

/** What the rules let the reader do to none of them is not there; the preflight tells of the rest. */
function BulkMenu({ items, onSelectPage, onAct, onAsk }: SelectionBarProps) {
  const { menu: texts } = bulkTexts
  const may = (right: 'modify' | 'deactivate' | 'reactivate') => items.some(({ can }) => can[right])
  const flag = (kind: 'setProtected' | 'setHidden' | 'setActive', value: boolean, icon: ReactNode, text: string) => (
    <MenuItem icon={icon} onAction={() => onAct({ kind, value })}>
      {text}
    </MenuItem>
  )
  const asking = (ask: Ask, icon: ReactNode) => (
    <MenuItem icon={icon} onAction={() => onAsk(ask)}>
      {texts[ask]}
    </MenuItem>
  )
  if (!may('modify') && !may('deactivate') && !may('reactivate')) return null
  return (
    <Menu
      label={texts.label}
      placement="top end"
      trigger={
        <Button aria-label={texts.label}>
          <Ellipsis aria-hidden />
          <span className="max-sm:hidden">{texts.more}</span>
        </Button>
      }
    >
      {onSelectPage !== null && (
        <>
          <MenuItem icon={<ListChecks />} onAction={onSelectPage}>
            {uiTexts.table.selectPage}
          </MenuItem>
          <MenuLine />
        </>
      )}
      {may('modify') && (
        <>
          {asking('addTags', <Tag />)}
          {asking('removeTag', <Tag />)}
          {asking('setProperty', <SlidersHorizontal />)}
          {asking('removeProperty', <SlidersHorizontal />)}
          {asking('setVisibility', <Eye />)}
          <MenuLine />
          {flag('setProtected', true, <Shield />, texts.protect)}
          {flag('setProtected', false, <ShieldOff />, texts.unprotect)}
          {flag('setHidden', true, <EyeOff />, texts.hide)}
          {flag('setHidden', false, <Eye />, texts.unhide)}
        </>
      )}
      {may('modify') && (may('deactivate') || may('reactivate')) && <MenuLine />}
      {may('deactivate') && flag('setActive', false, <Pause />, texts.deactivate)}
      {may('reactivate') && flag('setActive', true, <Play />, texts.reactivate)}
    </Menu>
  )
}
