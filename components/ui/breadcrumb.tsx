'use client'

import { ChevronRight } from 'lucide-react'
import { AppLink } from './link'
import { uiTexts } from './messages'

export interface Crumb {
  readonly label: string
  readonly href?: string
}

export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label={uiTexts.breadcrumb} className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map((crumb, index) => (
          <li key={crumb.label} className="flex min-w-0 items-center gap-1 last:flex-1">
            {index > 0 && <ChevronRight className="size-3.5 shrink-0 text-muted" aria-hidden />}
            {crumb.href === undefined ? (
              <span aria-current="page" className="truncate font-medium">
                {crumb.label}
              </span>
            ) : (
              <AppLink href={crumb.href} plain className="truncate text-muted hovered:text-text">
                {crumb.label}
              </AppLink>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
