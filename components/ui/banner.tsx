import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx'

export interface BannerProps {
  readonly tone: 'info' | 'warn' | 'danger'
  readonly title?: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** `alert` interrupts a screen reader: only for what follows an action at once. */
  readonly role?: 'alert' | 'status'
}

const looks = {
  info: { box: 'bg-accent-soft', icon: <Info className="text-info" aria-hidden /> },
  warn: { box: 'bg-warn-soft', icon: <TriangleAlert className="text-warn" aria-hidden /> },
  danger: { box: 'bg-danger-soft', icon: <CircleAlert className="text-danger" aria-hidden /> },
} as const

export function Banner({ tone, title, children, actions, role }: BannerProps) {
  const look = looks[tone]
  return (
    // What can be done stands below the text where there is no room beside it.
    <div role={role} className={cx('flex flex-wrap items-start gap-2.5 rounded-md px-3 py-2.5', look.box)}>
      <div className="flex min-w-0 flex-1 basis-56 items-start gap-2.5">
        <span className="mt-0.5 [&_svg]:size-4">{look.icon}</span>
        <div className="min-w-0 flex-1 wrap-anywhere">
          {title !== undefined && <p className="font-medium">{title}</p>}
          {children !== undefined && <div className="text-sm">{children}</div>}
        </div>
      </div>
      {actions}
    </div>
  )
}
