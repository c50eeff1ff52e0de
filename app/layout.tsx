import type { Metadata, Viewport } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { parseTheme, themeCookie } from '@/components/ui/preferences'
import { currentLocale } from '@/lib/runtime/locale'
import { LocaleRoot } from './locale-root'
// Server components speak as well; what the browser loads is in LocaleRoot.
import '@/components/locales/de'
import '@/components/locales/pseudo'
import './globals.css'
import { requestNonce } from './nonce'

export const metadata: Metadata = {
  title: { default: 'Glimpse', template: '%s – Glimpse' },
  icons: { icon: '/icon.svg' },
  robots: { index: false, follow: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f5f7f9' },
    { media: '(prefers-color-scheme: dark)', color: '#161c23' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(themeCookie)?.value)
  const nonce = await requestNonce()
  const locale = currentLocale()
  return (
    <html lang={locale} {...(theme !== 'system' && { 'data-theme': theme })} suppressHydrationWarning>
      {/* React Aria reads the nonce here for the few style elements it makes. */}
      <head>
        {nonce !== undefined && <meta property="csp-nonce" nonce={nonce} content={nonce} suppressHydrationWarning />}
      </head>
      <body>
        <LocaleRoot locale={locale}>{children}</LocaleRoot>
      </body>
    </html>
  )
}
