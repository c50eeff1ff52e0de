import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import { Mark } from '@/components/ui/mark'

export interface StoreNameProps {
  readonly storeId: string
  readonly description: string | null
  /** why it is not well */
  readonly reason: string | null
  /** said of a store that takes no data now; null of one that does */
  readonly readOnly: string | null
  readonly isMuted?: boolean
  /** marks that stand before that one */
  readonly children?: ReactNode
}

/** A store as the head of a line: its name, what is to be known at once, what it is for. */
export function StoreName({ storeId, description, reason, readOnly, isMuted, children }: StoreNameProps) {
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className={`font-medium wrap-anywhere ${isMuted ? 'text-muted' : ''}`}>{storeId}</span>
        {children}
        {readOnly !== null && (
          <Mark tone="warn">
            <Lock className="size-3" aria-hidden />
            {readOnly}
          </Mark>
        )}
      </p>
      {description !== null && <p className="text-muted text-sm wrap-anywhere">{description}</p>}
      {reason !== null && <p className="text-sm text-warn wrap-anywhere">{reason}</p>}
    </>
  )
}
