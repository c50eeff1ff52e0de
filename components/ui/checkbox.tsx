'use client'

import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Checkbox as AriaCheckbox, type CheckboxProps as AriaCheckboxProps } from 'react-aria-components'
import { cx } from './cx'

export interface CheckboxProps extends Omit<AriaCheckboxProps, 'className' | 'children'> {
  readonly className?: string
  readonly children?: ReactNode
}

/** Give `aria-label` when there is no visible text. */
export function Checkbox({ className, children, ...props }: CheckboxProps) {
  return (
    <AriaCheckbox
      {...props}
      className={cx('group inline-flex min-h-6 min-w-6 items-center gap-2 text-base off:opacity-50', className)}
    >
      {({ isSelected, isIndeterminate }) => (
        <>
          <span
            className={cx(
              'grid size-4 shrink-0 place-items-center rounded-sm border transition-colors',
              isSelected || isIndeterminate
                ? 'border-accent bg-accent text-on-accent'
                : 'border-control bg-raised group-data-hovered:border-text',
            )}
          >
            {isIndeterminate ? (
              <Minus className="size-3" strokeWidth={3} aria-hidden />
            ) : (
              isSelected && <Check className="size-3" strokeWidth={3} aria-hidden />
            )}
          </span>
          {children}
        </>
      )}
    </AriaCheckbox>
  )
}
