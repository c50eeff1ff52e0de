'use client'

import { CloudAlert } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { appTexts } from './messages'

export interface ErrorBoundaryProps {
  readonly error: unknown
  readonly retry: () => void
}

export function ErrorPanel({ error, retry }: ErrorBoundaryProps) {
  const digest = error instanceof Error && 'digest' in error ? String(error.digest) : undefined
  return (
    <EmptyState
      headingLevel={1}
      icon={<CloudAlert aria-hidden />}
      title={appTexts.error.title}
      text={
        <>
          <p>{appTexts.error.text}</p>
          {digest !== undefined && <p className="mt-1 text-sm">{appTexts.error.reference(digest)}</p>}
        </>
      }
      actions={
        <button
          type="button"
          onClick={() => retry()}
          className="h-8 rounded-md bg-accent px-3 font-medium text-on-accent hover:bg-accent-strong"
        >
          {appTexts.error.retry}
        </button>
      }
    />
  )
}
