'use client'

import { type ComponentType, createContext, type ReactNode } from 'react'

export interface MenuItemProps {
  readonly id?: string
  readonly icon?: ReactNode
  readonly children: string
  readonly hint?: string
  readonly href?: string
  readonly onAction?: () => void
  /** Why it cannot be used now; disables the item and is read with it. */
  readonly blockedBecause?: string | undefined
  readonly isDanger?: boolean
  readonly isChecked?: boolean
  readonly download?: boolean
}

export interface MenuSectionProps {
  readonly title: string
  readonly children: ReactNode
}

export interface MenuPieces {
  readonly Item: ComponentType<MenuItemProps>
  readonly Section: ComponentType<MenuSectionProps>
  readonly Line: ComponentType
}

/** What is in a menu is written where the menu is, and made by what is loaded with the list. */
export const MenuPiecesContext = createContext<MenuPieces | null>(null)
