'use client'

import { Check } from 'lucide-react'
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection as AriaMenuSection,
  Header,
  Separator,
  Text,
} from 'react-aria-components'
import { cx } from './cx'
import { itemClass } from './floating'
import { Hanging } from './hanging'
import type { MenuListProps } from './menu'
import { type MenuItemProps, type MenuPieces, MenuPiecesContext, type MenuSectionProps } from './menu-pieces'

/** What a menu opens. */
export function MenuList({
  isOpen,
  trigger,
  id,
  label,
  children,
  first = 'first',
  placement = 'bottom end',
  className,
  onClose,
}: MenuListProps) {
  return (
    <Hanging
      as="MenuTrigger"
      aria-label={label}
      isOpen={isOpen}
      trigger={trigger}
      onClose={onClose}
      placement={placement}
      offset={4}
      className="min-w-44 max-w-80"
    >
      <MenuPiecesContext value={pieces}>
        <AriaMenu
          {...(id !== undefined && { id })}
          aria-label={label}
          autoFocus={first}
          onClose={onClose}
          className={cx('max-h-[70dvh] overflow-auto p-1 outline-none', className)}
        >
          {children}
        </AriaMenu>
      </MenuPiecesContext>
    </Hanging>
  )
}

function Item(props: MenuItemProps) {
  const { icon, children, hint, href, onAction, blockedBecause, isDanger, isChecked, id, download } = props
  const note = blockedBecause ?? hint
  return (
    <AriaMenuItem
      textValue={children}
      {...(id !== undefined && { id })}
      {...(href !== undefined && { href })}
      {...(download && { download: '' })}
      {...(onAction && { onAction })}
      isDisabled={blockedBecause !== undefined}
      className={cx(itemClass, isDanger && 'text-danger')}
    >
      {isChecked !== undefined && <Check className={cx('text-accent', !isChecked && 'invisible')} aria-hidden />}
      {icon}
      <span className="min-w-0 flex-1">
        <Text slot="label" className="block truncate">
          {children}
        </Text>
        {note !== undefined && (
          <Text slot="description" className="block text-muted text-xs">
            {note}
          </Text>
        )}
      </span>
    </AriaMenuItem>
  )
}

function Section({ title, children }: MenuSectionProps) {
  return (
    <AriaMenuSection>
      <Header className="px-2 pt-2 pb-1 font-medium text-muted text-xs">{title}</Header>
      {children}
    </AriaMenuSection>
  )
}

function Line() {
  return <Separator className="mx-1 my-1 h-px bg-line" />
}

const pieces: MenuPieces = { Item, Section, Line }
