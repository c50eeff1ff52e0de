'use client'

import { createContext, type ReactNode, useContext } from 'react'
import { RouterProvider } from 'react-aria-components'

/** What components may know of the router; the app provides it, so that components need no framework. */
export interface Navigation {
  readonly path: string
  /** The query string of the page that is shown, without `?`. */
  readonly search: string
  /** True while the page that was asked for is on its way. */
  readonly isPending: boolean
  navigate(href: string, options?: { readonly replace?: boolean; readonly keepScroll?: boolean }): void
  prefetch(href: string): void
  /** Reads the current page's data anew, after a deed of the reader's. */
  refresh(): void
  /** The same because of what others did: nothing says that the page is on its way. */
  reread(): void
}

const NavigationContext = createContext<Navigation | null>(null)

export function NavigationProvider({ value, children }: { value: Navigation; children: ReactNode }) {
  return (
    <NavigationContext value={value}>
      <RouterProvider navigate={(href) => value.navigate(href)}>{children}</RouterProvider>
    </NavigationContext>
  )
}

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext)
  if (navigation === null) throw new Error('useNavigation needs a NavigationProvider above it')
  return navigation
}
