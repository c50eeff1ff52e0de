import {
  Circle,
  CircleCheck,
  CircleDashed,
  CircleDotDashed,
  CircleOff,
  CirclePause,
  Globe,
  Lock,
  type LucideIcon,
  TriangleAlert,
  Users,
  UsersRound,
} from 'lucide-react'
import { cx } from '@/components/ui/cx'
import type { ImageStatus, Visibility } from '@/lib/images/view'
import { imageTexts } from './messages'

const statusLooks: Readonly<Record<ImageStatus, { readonly Icon: LucideIcon; readonly tone: string }>> = {
  queued: { Icon: Circle, tone: 'text-muted' },
  saving: { Icon: CircleDotDashed, tone: 'text-info' },
  uploading: { Icon: CircleDotDashed, tone: 'text-info' },
  importing: { Icon: CircleDotDashed, tone: 'text-info' },
  active: { Icon: CircleCheck, tone: 'text-ok' },
  deactivated: { Icon: CirclePause, tone: 'text-warn' },
  pending_delete: { Icon: CircleDashed, tone: 'text-warn' },
  killed: { Icon: TriangleAlert, tone: 'text-danger' },
  deleted: { Icon: CircleDashed, tone: 'text-muted' },
}

/** The status as icon and word; what it means on hover. */
export function StatusTag({ status }: { status: ImageStatus }) {
  const { Icon, tone } = statusLooks[status]
  const isMoving = tone === 'text-info'
  return (
    <span
      className="inline-flex items-center gap-1.5 whitespace-nowrap align-bottom"
      title={imageTexts.statusHelp[status]}
    >
      <Icon className={cx('size-4 shrink-0', tone, isMoving && 'animate-spin [animation-duration:3s]')} aria-hidden />
      {imageTexts.status[status]}
    </span>
  )
}

/** In the place of a status, of an image that was in the list when it was made. */
export function GoneTag() {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap align-bottom" title={imageTexts.goneHelp}>
      <CircleOff className="size-4 shrink-0 text-muted" aria-hidden />
      {imageTexts.gone}
    </span>
  )
}

export const visibilityIcons: Readonly<Record<Visibility, LucideIcon>> = {
  private: Lock,
  shared: UsersRound,
  community: Users,
  public: Globe,
}

export function VisibilityTag({ visibility }: { visibility: Visibility }) {
  const Icon = visibilityIcons[visibility]
  return (
    <span
      className="inline-flex items-center gap-1.5 whitespace-nowrap align-bottom"
      title={imageTexts.visibilityHelp[visibility]}
    >
      <Icon className="size-3.5 shrink-0 text-muted" aria-hidden />
      {imageTexts.visibility[visibility]}
    </span>
  )
}
