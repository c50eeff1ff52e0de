'use client'

import { Button } from '@/components/ui/button'
import { lazyPart } from '@/components/ui/lazy-part'
import { Opener } from '@/components/ui/opener'
import { shellTexts } from './messages'
import type { ShellActions, ShellUser } from './view'

const UserPanel = lazyPart(async () => (await import('./user-panel')).UserPanel)

export interface UserMenuProps {
  readonly user: ShellUser
  readonly signOut: ShellActions['signOut']
}

export function UserMenu({ user, signOut }: UserMenuProps) {
  return (
    <Opener
      kind="dialog"
      trigger={
        <Button variant="quiet" aria-label={shellTexts.accountOf(user.name)} className="px-1.5">
          <span
            aria-hidden
            className="grid size-6 place-items-center rounded-full bg-accent-soft font-semibold text-accent text-xs uppercase"
          >
            {[...user.name][0] ?? '?'}
          </span>
          <span className="hidden max-w-40 truncate md:inline">{user.name}</span>
        </Button>
      }
    >
      {(place) => <UserPanel user={user} signOut={signOut} place={place} />}
    </Opener>
  )
}
