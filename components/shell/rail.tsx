'use client'

import { ArrowUpFromLine, Disc3, Gauge, Inbox, ListChecks, type LucideIcon } from 'lucide-react'
import { cx } from '@/components/ui/cx'
import { formatCount } from '@/components/ui/format'
import { AppLink } from '@/components/ui/link'
import { useNavigation } from '@/components/ui/navigation'
import { shellTexts } from './messages'

interface Room {
  readonly href: string
  readonly label: string
  readonly Icon: LucideIcon
  /** how many things in it wait for the reader */
  readonly waiting?: number | null
}

export interface RailProps {
  /** Icons only where there is little room. */
  readonly canCollapse: boolean
  readonly canListImages: boolean
  readonly offers: number | null
  /** the reader's unfinished uploads */
  readonly uploads: number
  readonly onChoose?: () => void
}

export function Rail({ canCollapse, canListImages, offers, uploads, onChoose }: RailProps) {
  const { path } = useNavigation()
  const rooms: readonly Room[] = [
    ...(canListImages ? [{ href: '/images', label: shellTexts.images, Icon: Disc3 }] : []),
    ...(offers === null ? [] : [{ href: '/images/inbox', label: shellTexts.inbox, Icon: Inbox, waiting: offers }]),
    { href: '/uploads', label: shellTexts.uploads, Icon: ArrowUpFromLine, waiting: uploads },
    { href: '/tasks', label: shellTexts.tasks, Icon: ListChecks },
    { href: '/usage', label: shellTexts.usage, Icon: Gauge },
  ]
  // The room with the longest address that the page lies in.
  const here = rooms
    .filter(({ href }) => path === href || path.startsWith(`${href}/`))
    .toSorted((one, other) => other.href.length - one.href.length)[0]
  return (
    <nav aria-label={shellTexts.rooms} className="px-2 py-1">
      <ul className="flex flex-col gap-0.5">
        {rooms.map((room) => {
          const { href, label, Icon, waiting } = room
          const isHere = room === here
          return (
            <li key={href}>
              <AppLink
                href={href}
                plain
                {...(isHere && { 'aria-current': 'page' as const })}
                {...(onChoose && { onPress: onChoose })}
                className={cx(
                  'relative flex h-10 items-center gap-2.5 rounded-md px-2.5 transition-colors md:h-8',
                  isHere ? 'bg-press font-medium text-text' : 'text-muted hovered:bg-press hovered:text-text',
                  canCollapse && 'max-lg:justify-center max-lg:px-0',
                )}
              >
                <Icon className={cx('size-4 shrink-0', isHere && 'text-accent')} aria-hidden />
                <span className={cx(canCollapse && 'max-lg:sr-only')}>{label}</span>
                {waiting != null && waiting > 0 && <Waiting count={waiting} canCollapse={canCollapse} />}
              </AppLink>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

function Waiting({ count, canCollapse }: { count: number; canCollapse: boolean }) {
  return (
    <span
      className={cx(
        'ml-auto rounded-full bg-accent px-1.5 font-semibold text-on-accent text-xs tabular-nums',
        canCollapse && 'max-lg:absolute max-lg:top-0 max-lg:right-0 max-lg:px-1 max-lg:leading-4',
      )}
    >
      <span aria-hidden>{formatCount(count)}</span>
      <span className="sr-only">{shellTexts.waiting(formatCount(count))}</span>
    </span>
  )
}
