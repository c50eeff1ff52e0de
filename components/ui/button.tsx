'use client'

import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { cx } from './cx'
import { Spinner } from './spinner'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger' | 'danger-quiet'
export type ButtonSize = 'md' | 'sm'

const variants: Readonly<Record<ButtonVariant, string>> = {
  primary: 'bg-accent text-on-accent hovered:bg-accent-strong pressed:bg-accent-strong',
  secondary: 'border border-control/60 bg-raised text-text hovered:bg-hover pressed:bg-press',
  quiet: 'text-text hovered:bg-hover pressed:bg-press',
  danger: 'bg-danger text-on-danger hovered:bg-danger-strong pressed:bg-danger-strong',
  'danger-quiet': 'text-danger hovered:bg-danger-soft pressed:bg-danger-soft',
}

const sizes: Readonly<Record<ButtonSize, string>> = {
  md: 'h-9 px-3 text-base md:h-8',
  sm: 'h-8 px-2.5 text-sm md:h-7',
}

/** The look of a button, also for links that act like one. */
export function buttonClass(variant: ButtonVariant = 'secondary', size: ButtonSize = 'md', extra?: string): string {
  return cx(
    'inline-flex shrink-0 cursor-default select-none items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors',
    'off:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    sizes[size],
    variants[variant],
    extra,
  )
}

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
