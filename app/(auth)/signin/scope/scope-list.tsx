'use client'

import { ChevronRight } from 'lucide-react'
import { useState, useTransition } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { leave } from '../../../leave'
import { signInTexts } from '../../messages'

const texts = signInTexts.scope

export interface Scope {
  readonly projectId: string
  readonly projectName: string
  readonly domainName: string
  readonly roles: readonly string[]
}

export interface ScopeListProps {
  readonly scopes: readonly Scope[]
  /** A path of ours. */
  readonly next: string
  /** A sentence when it was refused. */
  readonly enter: (projectId: string) => Promise<string | null>
  readonly signOut: () => Promise<void>
}

export function ScopeList({ scopes, next, enter, signOut }: ScopeListProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, start] = useTransition()
  const choose = (projectId: string) => {
    start(async () => {
      const refusal = await enter(projectId)
      if (refusal === null) window.location.assign(next)
      else setProblem(refusal)
    })
  }
  return (
    <div className="flex flex-col gap-4">
      {problem !== null && (
        <Banner tone="danger" role="alert">
          {problem}
        </Banner>
      )}
      {scopes.length > 0 && (
        <ul className="flex flex-col divide-y divide-line overflow-hidden rounded-md border border-line">
          {scopes.map(({ projectId, projectName, domainName, roles }) => (
            <li key={projectId}>
              <AriaButton
                aria-label={texts.enter(projectName)}
                isDisabled={isPending}
                onPress={() => choose(projectId)}
                className="flex w-full cursor-default items-center gap-3 px-3 py-2.5 text-left hovered:bg-hover pressed:bg-press"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{projectName}</span>
                  <span className="block truncate text-muted text-sm">
                    {[domainName, ...(roles.length > 0 ? [texts.roles(roles)] : [])].join(' · ')}
                  </span>
                </span>
                <ChevronRight className="size-4 text-muted" aria-hidden />
              </AriaButton>
            </li>
          ))}
        </ul>
      )}
      <Button
        variant="quiet"
        size="sm"
        className="-ml-2.5 self-start text-muted"
        onPress={() => start(() => leave(signOut))}
      >
        {texts.other}
      </Button>
    </div>
  )
}
