'use client'

import dynamic from 'next/dynamic'
import type { ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components'
import type { Locale } from '@/lib/runtime/locale'

// A page loads the texts of its own language only, and shows nothing in it before they are there.
const GermanRoot = dynamic(() => import('@/components/locales/german-root').then((module) => module.GermanRoot))
const PseudoRoot = dynamic(() => import('@/components/locales/pseudo-root').then((module) => module.PseudoRoot))

/** Brings the texts of a language; the widgets are told which it is, or they would take the browser's. */
export function LocaleRoot({ locale, children }: { locale: Locale; children: ReactNode }) {
  return (
    <I18nProvider locale={locale === 'de' ? 'de-DE' : 'en-GB'}>
      {locale === 'de' ? (
        <GermanRoot>{children}</GermanRoot>
      ) : locale === 'en-XA' ? (
        <PseudoRoot>{children}</PseudoRoot>
      ) : (
        children
      )}
    </I18nProvider>
  )
}
