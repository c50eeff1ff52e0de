'use client'

import { CircleUser, LogOut } from 'lucide-react'
import { useTransition } from 'react'
import { Heading } from 'react-aria-components'
import { Button } from '@/components/ui/button'
import { LanguageToggle } from '@/components/ui/language-toggle'
import { LinkButton } from '@/components/ui/link-button'
import { uiTexts } from '@/components/ui/messages'
import type { OpenedPlace } from '@/components/ui/opener'
import { Panel } from '@/components/ui/panel'
import { ThemeToggle } from '@/components/ui/theme-toggle'
import { shellTexts } from './messages'
import type { UserMenuProps } from './user-menu'

export interface UserPanelProps extends UserMenuProps {
  readonly place: OpenedPlace
}

/** Who is signed in, how the dashboard looks and speaks, and the way out. */
export function UserPanel({ user, signOut, place }: UserPanelProps) {
  const [isLeaving, startLeaving] = useTransition()
  return (
    <Panel {...place} className="w-64">
      <div className="px-3 pt-3 pb-2">
        <Heading slot="title" className="truncate font-semibold">
          {user.name}
        </Heading>
        <p className="truncate text-muted text-sm">{shellTexts.domain(user.domainName)}</p>
      </div>
      <dl className="border-line border-t px-3 py-2 text-sm">
        <dt className="text-muted">{shellTexts.roles}</dt>
        <dd className="wrap-anywhere">{user.roles.join(', ') || shellTexts.noRoles}</dd>
      </dl>
      <div className="flex items-center justify-between border-line border-t px-3 py-2 text-sm">
        <span>{uiTexts.theme.label}</span>
        <ThemeToggle />
      </div>
      <div className="flex items-center justify-between px-3 pb-2 text-sm">
        <span>{uiTexts.language}</span>
        <LanguageToggle />
      </div>
      <div className="border-line border-t p-1">
        <LinkButton href="/account" variant="quiet" className="w-full justify-start">
          <CircleUser className="text-muted" aria-hidden />
          {shellTexts.manageAccount}
        </LinkButton>
        <Button
          variant="quiet"
          className="w-full justify-start"
          isPending={isLeaving}
          onPress={() => startLeaving(signOut)}
        >
          <LogOut className="text-muted" aria-hidden />
          {shellTexts.signOut}
        </Button>
      </div>
    </Panel>
  )
}
