'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useEffect, useState } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { uiTexts } from './messages'
import { applyTheme, parseTheme, type Theme, themes } from './preferences'

const icons = { system: Monitor, light: Sun, dark: Moon } as const

/** Three small buttons: as the device says, light, dark. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>('system')
  useEffect(() => setTheme(parseTheme(document.documentElement.dataset.theme)), [])
  return (
    <ToggleButtonGroup
      aria-label={uiTexts.theme.label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[theme]}
      onSelectionChange={(keys) => {
        const next = parseTheme([...keys].map(String)[0])
        setTheme(next)
        applyTheme(next)
      }}
      className="inline-flex rounded-md bg-surface p-0.5"
    >
      {themes.map((value) => {
        const Icon = icons[value]
        return (
          <ToggleButton
            key={value}
            id={value}
            aria-label={uiTexts.theme[value]}
            className="grid h-7 w-8 cursor-default place-items-center rounded-sm text-muted transition-colors hovered:text-text chosen:bg-raised chosen:text-text chosen:shadow-[0_0_0_1px_var(--color-line)]"
          >
            <Icon className="size-4" aria-hidden />
          </ToggleButton>
        )
      })}
    </ToggleButtonGroup>
  )
}
