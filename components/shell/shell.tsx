'use client'

import { Menu as MenuIcon } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useLiveRefresh } from '@/components/live/live-events'
import { cx } from '@/components/ui/cx'
import { Dialog } from '@/components/ui/dialog'
import { IconButton } from '@/components/ui/icon-button'
import { AppLink } from '@/components/ui/link'
import { useNavigation } from '@/components/ui/navigation'
import { TransferButton } from '@/components/uploads/transfer-button'
import { Logo, Mark } from './logo'
import { shellTexts } from './messages'
import { ProjectSwitcher } from './project-switcher'
import { Rail } from './rail'
import { UserMenu } from './user-menu'
import type { ShellActions, ShellProject, ShellUser } from './view'

export interface ShellProps {
  readonly user: ShellUser
  readonly project: ShellProject | null
  readonly projects: readonly ShellProject[]
  readonly actions: ShellActions
  /** images that other projects offer and nobody has answered; null where the reader may not look */
  readonly offers: number | null
  /** the reader's unfinished uploads */
  readonly uploads: number
  readonly canListImages: boolean
  readonly children: ReactNode
}

/** The frame: rail, top bar, page. Below 768 px the rail is a sheet, up to 1024 px it shows icons only. */
export function Shell(props: ShellProps) {
  const { user, project, projects, actions, offers, uploads, canListImages, children } = props
  const [isRailOpen, setRailOpen] = useState(false)
  // Offers come and are answered elsewhere; the count in the rail follows.
  useLiveRefresh({ isAbout: ({ kind }) => kind.startsWith('image.member.'), isMoving: false, pollMs: 60_000 })
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[3.5rem_minmax(0,1fr)] lg:grid-cols-[13rem_minmax(0,1fr)]">
      <a href="#content" className="skip-link rounded-md bg-accent px-3 py-2 font-medium text-on-accent">
        {shellTexts.skip}
      </a>
      <aside
        aria-label={shellTexts.product}
        className="sticky top-0 hidden h-dvh flex-col border-line border-r bg-surface md:flex"
      >
        <AppLink href="/images" plain className="mx-3 flex h-12 items-center max-lg:justify-center">
          <span className="max-lg:hidden">
            <Logo />
          </span>
          <span className="lg:hidden">
            <Mark />
            <span className="sr-only">{shellTexts.product}</span>
          </span>
        </AppLink>
        <Rail {...{ canListImages, offers, uploads }} canCollapse />
      </aside>
      <div className="flex min-h-dvh min-w-0 flex-col">
        <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-line border-b bg-bg/90 px-2 backdrop-blur-sm md:px-4">
          <IconButton label={shellTexts.openRooms} className="md:hidden" onPress={() => setRailOpen(true)}>
            <MenuIcon aria-hidden />
          </IconButton>
          <div className="flex min-w-0 flex-1 md:-ml-2.5">
            <ProjectSwitcher current={project} projects={projects} switchProject={actions.switchProject} />
          </div>
          <TransferButton />
          <UserMenu user={user} signOut={actions.signOut} />
          <PendingLine />
        </header>
        <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
      <Dialog title={shellTexts.product} kind="menu" isOpen={isRailOpen} onClose={() => setRailOpen(false)}>
        <div className="-mx-4">
          <Rail {...{ canListImages, offers, uploads }} canCollapse={false} onChoose={() => setRailOpen(false)} />
        </div>
      </Dialog>
    </div>
  )
}

/** A hairline under the top bar while a page is on its way; it waits a little, so that quick pages show nothing. */
function PendingLine() {
  const { isPending } = useNavigation()
  return (
    <div
      aria-hidden
      className={cx(
        'pointer-events-none absolute inset-x-0 -bottom-px h-0.5 overflow-hidden transition-opacity',
        isPending ? 'opacity-100 delay-150' : 'opacity-0',
      )}
    >
      <div className="h-full w-1/4 animate-slide bg-accent" />
    </div>
  )
}
