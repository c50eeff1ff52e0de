'use client'

import type { ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components'
import type { Locale } from '@/lib/runtime/locale'

/** Tells the widgets which language the page has, or they would take the browser's. */
export function LocaleRoot({ locale, children }: { locale: Locale; children: ReactNode }) {
  return <I18nProvider locale={locale === 'de' ? 'de-DE' : 'en-GB'}>{children}</I18nProvider>
}
