'use client'

import { type ReactNode, type RefObject, useId, useRef, useState } from 'react'
import { ButtonContext, type ButtonProps } from 'react-aria-components'
import { useEver } from './lazy-part'

export interface OpenedPlace {
  readonly id: string
  readonly isOpen: boolean
  readonly trigger: RefObject<HTMLElement | null>
  readonly first: 'first' | 'last' | true
  readonly onClose: () => void
}

export interface OpenerProps {
  readonly kind: 'menu' | 'dialog' | 'listbox'
  /** a button */
  readonly trigger: ReactNode
  /** Absent where the button alone decides. */
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
  /** What it opens; made when it is opened first. */
  readonly children: (place: OpenedPlace) => ReactNode
}

/**
 * A button and what it opens, as React Aria's own triggers have it: menus and lists open when the pointer goes down, and by
 * arrow keys. Those would load all that can be opened with the button.
 */
export function Opener({ kind, trigger, children, ...outer }: OpenerProps) {
  const ref = useRef<HTMLButtonElement>(null)
  const id = useId()
  const [isOwnOpen, setOwnOpen] = useState(false)
  const [first, setFirst] = useState<OpenedPlace['first']>(true)
  const isOpen = outer.isOpen ?? isOwnOpen
  const wasOpen = useEver(isOpen)
  const set = (next: boolean) => {
    setOwnOpen(next)
    outer.onOpenChange?.(next)
  }
  const open = (at: OpenedPlace['first']) => {
    // What closes gives the focus back to where it was.
    ref.current?.focus({ preventScroll: true })
    setFirst(at)
    set(true)
  }
  const onArrow: NonNullable<ButtonProps['onKeyDown']> = (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      open(event.key === 'ArrowDown' ? 'first' : 'last')
    } else event.continuePropagation()
  }
  const opens: ButtonProps =
    kind === 'dialog'
      ? { onPress: () => (isOpen ? set(false) : open(true)) }
      : {
          preventFocusOnPress: true,
          onPressStart: ({ pointerType }) => {
            if (pointerType === 'touch' || pointerType === 'keyboard') return
            open(pointerType === 'virtual' ? 'first' : true)
          },
          onPress: ({ pointerType }) => {
            if (pointerType === 'touch') open(true)
            else if (pointerType === 'keyboard') open('first')
          },
          onKeyDown: onArrow,
        }
  return (
    <>
      <ButtonContext
        value={{
          ref,
          ...opens,
          isPressed: isOpen,
          'aria-haspopup': kind,
          'aria-expanded': isOpen,
          ...(isOpen && { 'aria-controls': id }),
        }}
      >
        {trigger}
      </ButtonContext>
      {wasOpen && children({ id, isOpen, trigger: ref, first, onClose: () => set(false) })}
    </>
  )
}
