'use client'

import { Disc3 } from 'lucide-react'
import { cx } from '@/components/ui/cx'
import { AppLink } from '@/components/ui/link'
import { useNavigation } from '@/components/ui/navigation'
import { shellTexts } from './messages'

const rooms = [{ href: '/images', label: shellTexts.images, Icon: Disc3 }] as const

export interface RailProps {
  /** Icons only where there is little room. */
  readonly canCollapse: boolean
  readonly onChoose?: () => void
}

export function Rail({ canCollapse, onChoose }: RailProps) {
  const { path } = useNavigation()
  return (
    <nav aria-label={shellTexts.rooms} className="px-2 py-1">
      <ul className="flex flex-col gap-0.5">
        {rooms.map(({ href, label, Icon }) => {
          const isHere = path === href || path.startsWith(`${href}/`)
          return (
            <li key={href}>
              <AppLink
                href={href}
                plain
                {...(isHere && { 'aria-current': 'page' as const })}
                {...(onChoose && { onPress: onChoose })}
                className={cx(
                  'flex h-10 items-center gap-2.5 rounded-md px-2.5 transition-colors md:h-8',
                  isHere ? 'bg-press font-medium text-text' : 'text-muted hovered:bg-press hovered:text-text',
                  canCollapse && 'max-lg:justify-center max-lg:px-0',
                )}
              >
                <Icon className={cx('size-4 shrink-0', isHere && 'text-accent')} aria-hidden />
                <span className={cx(canCollapse && 'max-lg:sr-only')}>{label}</span>
              </AppLink>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
