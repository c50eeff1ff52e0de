'use client'

import { useEffect, useState } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { currentLocale, type Locale, localeCookie, localeNames, parseLocale } from '@/lib/runtime/locale'
import { uiTexts } from './messages'
import { writePreference } from './preferences'

/** One button for each language; the page is loaded anew in the chosen one. */
export function LanguageToggle() {
  const [locale, setLocale] = useState<Locale>('en')
  useEffect(() => setLocale(currentLocale()), [])
  return (
    <ToggleButtonGroup
      aria-label={uiTexts.language}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[locale]}
      onSelectionChange={(keys) => {
        const next = parseLocale([...keys].map(String)[0])
        if (next === undefined || next === locale) return
        writePreference(localeCookie, next)
        window.location.reload()
      }}
      className="inline-flex rounded-md bg-surface p-0.5"
    >
      {Object.entries(localeNames).map(([id, name]) => (
        <ToggleButton
          key={id}
          id={id}
          lang={id}
          className="h-7 cursor-default rounded-sm px-2 text-muted transition-colors hovered:text-text chosen:bg-raised chosen:text-text chosen:shadow-[0_0_0_1px_var(--color-line)]"
        >
          {name}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
