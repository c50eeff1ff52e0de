'use client'

import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { cx } from './cx'
import { useNavigation } from './navigation'

export interface AppLinkProps {
  readonly href: string
  readonly children: ReactNode
  readonly className?: string
  /** Without the look of a link, for links that look like something else. */
  readonly plain?: boolean
  /** Lets the browser save the answer instead of showing it. */
  readonly download?: boolean
  readonly 'aria-current'?: 'page'
  readonly 'aria-label'?: string
  readonly onPress?: () => void
}

/** A link inside the dashboard: stays in the page and fetches its target when the pointer comes near. */
export function AppLink({ href, children, className, plain, download, ...props }: AppLinkProps) {
  const { prefetch } = useNavigation()
  const warm = download === undefined ? () => prefetch(href) : undefined
  return (
    <Link
      {...props}
      href={href}
      {...(warm && { onHoverStart: warm, onFocus: warm })}
      {...(download && { download: '' })}
      className={cx(
        'cursor-pointer rounded-sm',
        !plain && 'text-accent underline-offset-2 hovered:underline',
        className,
      )}
    >
      {children}
    </Link>
  )
}
