'use client'

import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { type ButtonSize, type ButtonVariant, buttonClass } from './button-class'
import { cx } from './cx'
import { Spinner } from './spinner'

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children'> {
  readonly variant?: ButtonVariant
  readonly size?: ButtonSize
  readonly className?: string
  readonly children: ReactNode
}

/**
 * While `isPending` it keeps its width and focus, and cannot be pressed again. The state is not handed down: React Aria
 * would announce it by pointing at this button, which is often gone by then and leaves a nameless announcement behind.
 */
export function Button({ variant, size, className, children, isPending = false, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} {...(isPending && inert)} className={buttonClass(variant, size, cx('relative', className))}>
      {isPending && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      )}
      <span className={cx('inline-flex items-center gap-1.5', isPending && 'invisible')}>{children}</span>
    </AriaButton>
  )
}

/** A plain button sends no form. */
const inert = { 'aria-disabled': true, type: 'button', onPress: () => undefined } as const
