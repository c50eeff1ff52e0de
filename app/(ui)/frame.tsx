'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { type ReactNode, useMemo, useTransition } from 'react'
import { LiveProvider } from '@/components/live/live-events'
import { Shell, type ShellProps } from '@/components/shell/shell'
import { type Navigation, NavigationProvider } from '@/components/ui/navigation'
import { ToastProvider } from '@/components/ui/toast'
import { TransferTray } from '@/components/uploads/transfer-tray'
import { TransfersProvider } from '@/components/uploads/transfers'
import { leave } from '../leave'

export interface FrameProps extends ShellProps {
  readonly deleteImage: (imageId: string) => Promise<void>
}

/** What stays while rooms come and go: the shell, toasts and running uploads, tied to Next's router. */
export function Frame({ deleteImage, actions, ...shell }: FrameProps) {
  const { signOut, ...others } = actions
  return (
    <RouterNavigation>
      <ToastProvider>
        <LiveProvider>
          <TransfersProvider>
            <Shell {...shell} actions={{ ...others, signOut: () => leave(signOut) }} />
            <TransferTray deleteImage={deleteImage} />
          </TransfersProvider>
        </LiveProvider>
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
