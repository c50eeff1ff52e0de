'use client'

import { type ReactNode, type RefObject, use, useMemo } from 'react'
import type { PopoverProps } from 'react-aria-components'
import { lazyPart } from './lazy-part'
import { type MenuItemProps, type MenuPieces, MenuPiecesContext, type MenuSectionProps } from './menu-pieces'
import { Opener } from './opener'

const MenuList = lazyPart(async () => (await import('./menu-list')).MenuList)

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode
  readonly label: string
  readonly children: ReactNode
  readonly placement?: PopoverProps['placement']
  readonly className?: string
}

export interface MenuListProps extends Omit<MenuProps, 'trigger'> {
  readonly id?: string
  readonly isOpen: boolean
  readonly trigger: RefObject<HTMLElement | null>
  /** where the focus goes; true: to the menu itself, as a pointer is at hand */
  readonly first?: 'first' | 'last' | true
  readonly onClose: () => void
}

export function Menu({ trigger, ...menu }: MenuProps) {
  return (
    <Opener kind="menu" trigger={trigger}>
      {(place) => <MenuList {...menu} {...place} />}
    </Opener>
  )
}

export interface MenuPlace {
  /** where it hangs, and where the focus goes back to */
  readonly trigger: HTMLElement
  readonly onClose: () => void
}

export interface FloatingMenuProps extends Omit<MenuProps, 'trigger'>, MenuPlace {}

/** A menu that is there only while it is open: for one of many triggers, each of which would cost as much as a menu. */
export function FloatingMenu({ trigger, ...menu }: FloatingMenuProps) {
  const triggerRef = useMemo(() => ({ current: trigger }), [trigger])
  return <MenuList {...menu} isOpen trigger={triggerRef} />
}

function usePieces(): MenuPieces {
  const pieces = use(MenuPiecesContext)
  if (pieces === null) throw new Error('the parts of a menu need a menu around them')
  return pieces
}

export function MenuItem(props: MenuItemProps) {
  const { Item } = usePieces()
  return <Item {...props} />
}

export function MenuSection(props: MenuSectionProps) {
  const { Section } = usePieces()
  return <Section {...props} />
}

export function MenuLine() {
  const { Line } = usePieces()
  return <Line />
}
