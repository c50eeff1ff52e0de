'use client'

import { ProgressBar } from 'react-aria-components'
import { cx } from './cx'

export interface ProgressProps {
  readonly label: string
  /** 0 to 1; absent while the amount of work is unknown. */
  readonly value?: number
  readonly tone?: 'accent' | 'danger' | 'ok'
}

const tones = { accent: 'bg-accent', danger: 'bg-danger', ok: 'bg-ok' } as const

export function Progress({ label, value, tone = 'accent' }: ProgressProps) {
  return (
    <ProgressBar
      aria-label={label}
      {...(value === undefined ? { isIndeterminate: true } : { value: Math.min(100, Math.max(0, value * 100)) })}
    >
      {({ percentage }) => (
        <div className="h-1.5 overflow-hidden rounded-full bg-press">
          <div
            className={cx('h-full rounded-full', tones[tone], percentage === undefined && 'w-1/4 animate-slide')}
            {...(percentage !== undefined && { style: { width: `${percentage}%` } })}
          />
        </div>
      )}
    </ProgressBar>
  )
}
