'use client'

import { X } from 'lucide-react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { formatTimeOfDay } from '@/components/ui/format'
import { IconButton } from '@/components/ui/icon-button'
import { uiTexts } from '@/components/ui/messages'
import { sessionTexts as texts } from './messages'

export interface SessionCardProps {
  /** null when the session is over, and the reader has put signing in off */
  readonly endsAt: Date | null
  readonly onSignIn: () => void
  readonly onClose: () => void
}

/** Floats over the page, which must not move because of it. */
export function SessionCard({ endsAt, onSignIn, onClose }: SessionCardProps) {
  return (
    <div className="fixed inset-x-2 top-14 z-40 mx-auto max-w-lg rounded-md bg-bg shadow-float">
      <Banner
        tone="warn"
        role="status"
        title={endsAt === null ? texts.overTitle : texts.endsTitle(formatTimeOfDay(endsAt))}
        actions={
          <span className="flex items-center gap-1">
            <Button size="sm" onPress={onSignIn}>
              {texts.signInAgain}
            </Button>
            {endsAt !== null && (
              <IconButton label={uiTexts.dismiss} size="sm" onPress={onClose}>
                <X aria-hidden />
              </IconButton>
            )}
          </span>
        }
      >
        {endsAt === null ? texts.over : texts.ends}
      </Banner>
    </div>
  )
}
