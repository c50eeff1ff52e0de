'use client'

import { useEffect, useRef, useState } from 'react'
import type { ImageItem } from './view'

const storageKey = 'glimpse-letter-shortcuts'

/**
 * Keys that work anywhere on the page unless something is being typed or a dialog is open. Single characters can be
 * turned off; Escape always works.
 */
export function useCatalogKeys(commands: Readonly<Record<string, () => void>>) {
  const [areOn, setAreOn] = useState(true)
  const latest = useRef(commands)
  useEffect(() => {
    latest.current = commands
  })
  useEffect(() => setAreOn(localStorage.getItem(storageKey) !== 'off'), [])
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key.length === 1 && !areOn) return
      if (
        event.target instanceof Element &&
        event.target.closest(
          'input:not([type="checkbox"]), textarea, select, [role="dialog"], [role="menu"], [role="alertdialog"]',
        )
      )
        return
      const command = latest.current[event.key === 'Escape' ? 'escape' : event.key]
      if (command === undefined) return
      event.preventDefault()
      command()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [areOn])
  return {
    areOn,
    setOn: (next: boolean) => {
      localStorage.setItem(storageKey, next ? 'on' : 'off')
      setAreOn(next)
    },
    openRowMenu: (key: string, { image }: ImageItem): boolean => {
      if (key !== '.' || !areOn) return false
      const button = document.querySelector(`tr[data-id="${CSS.escape(image.id)}"] td[data-menu] button`)
      if (button instanceof HTMLElement) button.click()
      return true
    },
  }
}
