'use client'

import type { ReactNode } from 'react'
import { Switch as AriaSwitch, type SwitchProps as AriaSwitchProps } from 'react-aria-components'
import { cx } from './cx'

export interface SwitchProps extends Omit<AriaSwitchProps, 'className' | 'children'> {
  readonly className?: string
  readonly children: ReactNode
}

export function Switch({ className, children, ...props }: SwitchProps) {
  return (
    <AriaSwitch
      {...props}
      className={cx('group inline-flex min-h-6 items-center gap-2 text-base off:opacity-50', className)}
    >
      {({ isSelected }) => (
        <>
          <span
            className={cx(
              'flex h-4 w-7 shrink-0 items-center rounded-full border px-px transition-colors',
              isSelected ? 'border-accent bg-accent' : 'border-control bg-surface group-data-hovered:border-text',
            )}
          >
            <span
              className={cx(
                'size-3 rounded-full transition-transform',
                isSelected ? 'translate-x-3 bg-on-accent' : 'bg-control',
              )}
            />
          </span>
          {children}
        </>
      )}
    </AriaSwitch>
  )
}
