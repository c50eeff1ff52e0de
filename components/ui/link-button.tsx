'use client'

import type { ReactNode } from 'react'
import { type ButtonSize, type ButtonVariant, buttonClass } from './button-class'
import { AppLink } from './link'

export interface LinkButtonProps {
  readonly href: string
  readonly variant?: ButtonVariant
  readonly size?: ButtonSize
  readonly className?: string
  readonly download?: boolean
  readonly children: ReactNode
}

export function LinkButton({ href, variant, size, className, download, children }: LinkButtonProps) {
  return (
    <AppLink href={href} plain className={buttonClass(variant, size, className)} {...(download && { download })}>
      {children}
    </AppLink>
  )
}
