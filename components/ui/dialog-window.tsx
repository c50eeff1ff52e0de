'use client'

import { X } from 'lucide-react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { cx } from './cx'
import type { DialogProps } from './dialog'
import { IconButton } from './icon-button'
import { uiTexts } from './messages'

const places = {
  dialog: 'items-end justify-center p-0 sm:items-center sm:p-4',
  sheet: 'items-end justify-end sm:items-stretch',
  menu: 'items-stretch justify-start',
} as const

const shapes = {
  dialog:
    'max-h-[92dvh] w-full rounded-t-lg sm:rounded-lg arriving:translate-y-2 arriving:opacity-0 leaving:translate-y-2 leaving:opacity-0',
  sheet:
    'max-h-[92dvh] w-full rounded-t-lg sm:h-dvh sm:max-h-none sm:max-w-md sm:rounded-none arriving:translate-y-4 arriving:opacity-0 leaving:translate-y-4 leaving:opacity-0 sm:arriving:translate-x-4 sm:arriving:translate-y-0',
  menu: 'h-dvh w-72 max-w-[85vw] arriving:-translate-x-4 arriving:opacity-0 leaving:-translate-x-4 leaving:opacity-0',
} as const

/** Traps focus, gives it back when it closes, and closes on Escape or a press outside. */
export function DialogWindow(props: DialogProps) {
  const { title, isOpen, onClose, children, actions, role = 'dialog', kind = 'dialog', wide } = props
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      isDismissable
      className={cx(
        'fixed inset-0 z-50 flex bg-scrim transition-opacity duration-180 arriving:opacity-0 leaving:opacity-0',
        places[kind],
      )}
    >
      <Modal
        className={cx(
          'flex bg-raised shadow-float transition-[opacity,transform] duration-180',
          shapes[kind],
          kind === 'dialog' && (wide ? 'sm:max-w-2xl' : 'sm:max-w-md'),
        )}
      >
        <AriaDialog role={role} className="flex min-h-0 w-full flex-col outline-none">
          <header className="flex items-center justify-between gap-2 px-4 pt-3 pb-1">
            <Heading slot="title" className="font-semibold text-lg">
              {title}
            </Heading>
            <IconButton label={uiTexts.close} onPress={onClose} size="sm">
              <X aria-hidden />
            </IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pt-1 pb-4">{children}</div>
          {actions !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-line border-t px-4 py-3">{actions}</footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
