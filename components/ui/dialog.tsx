'use client'

import type { ReactNode } from 'react'
import { lazyPart } from './lazy-part'

export interface DialogProps {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: ReactNode
  /** Buttons, the main one last. */
  readonly actions?: ReactNode
  readonly role?: 'dialog' | 'alertdialog'
  /** A sheet comes from the side (from below on a phone) and keeps the page in sight. */
  readonly kind?: 'dialog' | 'sheet' | 'menu'
  readonly wide?: boolean
}

/** Traps focus, gives it back when it closes, and closes on Escape or a press outside. */
export const Dialog = lazyPart<DialogProps>(async () => (await import('./dialog-window')).DialogWindow)
