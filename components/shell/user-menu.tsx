'use client'

import { CircleUser, LogOut } from 'lucide-react'
import { useTransition } from 'react'
import { Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components'
import { Button } from '@/components/ui/button'
import { cx } from '@/components/ui/cx'
import { floatingClass } from '@/components/ui/floating'
import { LanguageToggle } from '@/components/ui/language-toggle'
import { LinkButton } from '@/components/ui/link-button'
import { uiTexts } from '@/components/ui/messages'
import { ThemeToggle } from '@/components/ui/theme-toggle'
import { shellTexts } from './messages'
import type { ShellActions, ShellUser } from './view'

export function UserMenu({ user, signOut }: { user: ShellUser; signOut: ShellActions['signOut'] }) {
  const [isLeaving, startLeaving] = useTransition()
  return (
    <DialogTrigger>
      <Button variant="quiet" aria-label={shellTexts.accountOf(user.name)} className="px-1.5">
        <span
          aria-hidden
          className="grid size-6 place-items-center rounded-full bg-accent-soft font-semibold text-accent text-xs uppercase"
        >
          {[...user.name][0] ?? '?'}
        </span>
        <span className="hidden max-w-40 truncate md:inline">{user.name}</span>
      </Button>
      <Popover placement="bottom end" offset={4} className={cx(floatingClass, 'w-64')}>
        <Dialog className="outline-none">
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
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
