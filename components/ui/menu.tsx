'use client'

import { Check } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection as AriaMenuSection,
  Header,
  MenuTrigger,
  Popover,
  type PopoverProps,
  Separator,
  Text,
} from 'react-aria-components'
import { cx } from './cx'
import { floatingClass, itemClass } from './floating'

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode
  readonly label: string
  readonly children: ReactNode
  readonly placement?: PopoverProps['placement']
  readonly className?: string
}

const menuClass = cx(floatingClass, 'min-w-44 max-w-80')
const listClass = 'max-h-[70dvh] overflow-auto p-1 outline-none'

export function Menu({ trigger, label, children, placement = 'bottom end', className }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement={placement} offset={4} className={menuClass}>
        <AriaMenu aria-label={label} className={cx(listClass, className)}>
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}

export interface MenuPlace {
  /** where it hangs, and where the focus goes back to */
  readonly trigger: HTMLElement
  readonly onClose: () => void
}

export interface FloatingMenuProps extends Omit<MenuProps, 'trigger'>, MenuPlace {}

/** A menu that is there only while it is open: for one of many triggers, each of which would cost as much as a menu. */
export function FloatingMenu({
  trigger,
  label,
  children,
  placement = 'bottom end',
  className,
  onClose,
}: FloatingMenuProps) {
  const triggerRef = useMemo(() => ({ current: trigger }), [trigger])
  return (
    <Popover
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
      triggerRef={triggerRef}
      trigger="MenuTrigger"
      placement={placement}
      offset={4}
      className={menuClass}
    >
      <AriaMenu aria-label={label} autoFocus="first" onClose={onClose} className={cx(listClass, className)}>
        {children}
      </AriaMenu>
    </Popover>
  )
}

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

export function MenuItem(props: MenuItemProps) {
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

export function MenuSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <AriaMenuSection>
      <Header className="px-2 pt-2 pb-1 font-medium text-muted text-xs">{title}</Header>
      {children}
    </AriaMenuSection>
  )
}

export function MenuLine() {
  return <Separator className="mx-1 my-1 h-px bg-line" />
}
