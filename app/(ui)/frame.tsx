'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { type ReactNode, useMemo, useTransition } from 'react'
import { LiveProvider } from '@/components/live/live-events'
import { SessionProvider } from '@/components/session/session-provider'
import type { SessionView } from '@/components/session/view'
import { Shell, type ShellProps } from '@/components/shell/shell'
import { type Navigation, NavigationProvider } from '@/components/ui/navigation'
import { ToastProvider } from '@/components/ui/toast'
import { TransferTray } from '@/components/uploads/transfer-tray'
import { TransfersProvider } from '@/components/uploads/transfers'
import { leave } from '../leave'
import { signInWithPassword } from '../sign-in-with-password'

export interface FrameProps extends ShellProps {
  readonly session: SessionView
  readonly deleteImage: (imageId: string) => Promise<void>
}

/** What stays while rooms come and go: the shell, toasts and running uploads, tied to Next's router. */
export function Frame({ deleteImage, actions, session, ...shell }: FrameProps) {
  const { signOut, ...others } = actions
  const { userName, domainName } = session
  const signIn = (password: string) => signInWithPassword({ userName, password, domainName })
  return (
    <RouterNavigation>
      <ToastProvider>
        <SessionProvider own={session} actions={{ signIn, switchProject: others.switchProject }}>
          <LiveProvider>
            <TransfersProvider>
              <Shell {...shell} actions={{ ...others, signOut: () => leave(signOut) }} />
              <TransferTray deleteImage={deleteImage} />
            </TransfersProvider>
          </LiveProvider>
        </SessionProvider>
      </ToastProvider>
    </RouterNavigation>
  )
}

function RouterNavigation({ children }: { children: ReactNode }) {
  const router = useRouter()
  const path = usePathname()
  const search = useSearchParams().toString()
  const [isPending, start] = useTransition()
  const value = useMemo<Navigation>(
    () => ({
      path,
      search,
      isPending,
      navigate: (href, options) =>
        start(() => router[options?.replace ? 'replace' : 'push'](href, { scroll: options?.keepScroll !== true })),
      prefetch: (href) => router.prefetch(href),
      refresh: () => start(() => router.refresh()),
      reread: () => router.refresh(),
    }),
    [path, search, isPending, router],
  )
  return <NavigationProvider value={value}>{children}</NavigationProvider>
}
