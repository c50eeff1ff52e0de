'use client'

import type { ReactNode } from 'react'
import { Dialog } from 'react-aria-components'
import { cx } from './cx'
import { Hanging } from './hanging'
import type { OpenedPlace } from './opener'

export interface PanelProps extends OpenedPlace {
  /** Absent where a heading in it names it. */
  readonly label?: string
  readonly className: string
  readonly dialogClass?: string
  readonly children: ReactNode
}

/** What hangs below a button and is no menu. Loaded with what is in it. */
export function Panel({ id, isOpen, trigger, onClose, label, className, dialogClass, children }: PanelProps) {
  return (
    <Hanging
      as="DialogTrigger"
      isOpen={isOpen}
      trigger={trigger}
      onClose={onClose}
      placement="bottom end"
      offset={4}
      className={className}
    >
      <Dialog id={id} {...(label !== undefined && { 'aria-label': label })} className={cx('outline-none', dialogClass)}>
        {children}
      </Dialog>
    </Hanging>
  )
}
