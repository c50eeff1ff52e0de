'use client'

import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { type ButtonSize, type ButtonVariant, buttonClass } from './button-class'
import { cx } from './cx'
import { Tip } from './tip'

export interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'aria-label'> {
  /** Said by screen readers and shown on hover and focus. */
  readonly label: string
  readonly variant?: ButtonVariant
  readonly size?: ButtonSize
  readonly className?: string
  readonly children: ReactNode
}

export function IconButton({ label, variant = 'quiet', size = 'md', className, children, ...props }: IconButtonProps) {
  return (
    <Tip text={label}>
      <AriaButton
        {...props}
        aria-label={label}
        className={buttonClass(variant, size, cx('px-0', size === 'sm' ? 'w-8 md:w-7' : 'w-9 md:w-8', className))}
      >
        {children}
      </AriaButton>
    </Tip>
  )
}
