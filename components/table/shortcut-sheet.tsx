'use client'

import { Dialog } from '@/components/ui/dialog'
import { uiTexts } from '@/components/ui/messages'
import { Switch } from '@/components/ui/switch'

export interface ShortcutSheetProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly shortcuts: readonly { readonly keys: string; readonly does: string }[]
  /** Single letters can be turned off (WCAG 2.1.4). */
  readonly areLettersOn: boolean
  readonly onLetters: (areOn: boolean) => void
}

export function ShortcutSheet({ isOpen, onClose, shortcuts, areLettersOn, onLetters }: ShortcutSheetProps) {
  return (
    <Dialog title={uiTexts.table.shortcuts} isOpen={isOpen} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1.5">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded-sm border border-line bg-surface px-1.5 py-0.5 font-sans text-sm">{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 border-line border-t pt-3">
        <Switch isSelected={areLettersOn} onChange={onLetters}>
          {uiTexts.table.shortcutsOn}
        </Switch>
        <p className="text-muted text-xs">{uiTexts.table.shortcutsHelp}</p>
      </div>
    </Dialog>
  )
}
