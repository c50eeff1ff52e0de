'use client'

import type { ReactNode, RefObject } from 'react'
import { Popover, type PopoverProps } from 'react-aria-components'
import { cx } from './cx'
import { floatingClass } from './floating'

export interface HangingProps extends Pick<PopoverProps, 'aria-label' | 'placement' | 'offset'> {
  readonly isOpen: boolean
  /** where it hangs, and where the focus goes back to */
  readonly trigger: RefObject<HTMLElement | null>
  readonly onClose: () => void
  /** Whose part it plays for React Aria. */
  readonly as: 'DialogTrigger' | 'MenuTrigger' | 'Select'
  readonly className: string
  readonly children: ReactNode
}

/** The box of a menu, of a select's choices and of a panel. Loaded with what is in it. */
export function Hanging({ isOpen, trigger, onClose, as, className, children, ...popover }: HangingProps) {
  return (
    <Popover
      {...popover}
      isOpen={isOpen}
      onOpenChange={(isStillOpen) => {
        if (!isStillOpen) onClose()
      }}
      triggerRef={trigger}
      trigger={as}
      className={cx(floatingClass, className)}
    >
      {children}
    </Popover>
  )
}
