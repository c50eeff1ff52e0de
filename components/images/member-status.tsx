import { CircleCheck, CircleX, Clock, type LucideIcon } from 'lucide-react'
import type { MemberStatus } from '@/lib/images/view'
import { sharingTexts } from './sharing-messages'

const looks: Readonly<Record<MemberStatus, { readonly Icon: LucideIcon; readonly tone: string }>> = {
  pending: { Icon: Clock, tone: 'text-muted' },
  accepted: { Icon: CircleCheck, tone: 'text-ok' },
  rejected: { Icon: CircleX, tone: 'text-warn' },
}

/** What a project answered to an offer, as icon and word; what it means on hover. */
export function MemberStatusTag({ status }: { status: MemberStatus }) {
  const { Icon, tone } = looks[status]
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap" title={sharingTexts.statusHelp[status]}>
      <Icon className={`size-4 shrink-0 ${tone}`} aria-hidden />
      {sharingTexts.status[status]}
    </span>
  )
}
