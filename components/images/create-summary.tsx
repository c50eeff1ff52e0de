import type { ReactNode } from 'react'
import { formatBytes } from '@/components/ui/format'
import { describeContent } from '@/components/uploads/file-verdict'
import type { FileReading } from '@/components/uploads/use-inspection'
import type { CreateDraft } from './create-draft'
import { createTexts } from './create-messages'
import type { Outcome, QuotaLine } from './create-outcome'
import { imageTexts } from './messages'

export interface CreateSummaryProps {
  readonly draft: CreateDraft
  /** where the data comes from, in a few words */
  readonly source: string
  readonly reading: FileReading | undefined
  /** null: it is created without data */
  readonly outcome: Outcome | null
  readonly storeIds: readonly string[]
  readonly quota: readonly QuotaLine[]
  /** Notes and buttons at its end. */
  readonly children: ReactNode
}

/** What will be made, in a few lines, beside the form; on small screens its name and buttons stay at the lower edge. */
export function CreateSummary(props: CreateSummaryProps) {
  const { draft, source, reading, outcome, storeIds, quota, children } = props
  const properties = draft.properties.filter(({ name }) => name.trim() !== '').length
  const stored = quota.find(({ name }) => name === 'image_size_total')
  return (
    <aside
      aria-label={createTexts.summary}
      data-bottom-bar
      className="max-lg:sticky max-lg:bottom-0 max-lg:z-10 max-lg:-mx-4 lg:sticky lg:top-16 lg:self-start"
    >
      <div className="flex flex-col gap-2 border-line bg-surface p-4 max-lg:border-t max-lg:py-3 lg:gap-3 lg:rounded-lg lg:border">
        <p className="truncate font-semibold text-lg">{draft.name.trim() || createTexts.unnamed}</p>
        <ul className="hidden flex-col gap-1 text-muted text-sm lg:flex">
          <li className="wrap-anywhere">{source}</li>
          {reading?.state === 'done' && <li>{describeContent(reading.inspection)}</li>}
          <li>{createTexts.formats(draft.diskFormat, draft.containerFormat)}</li>
          {outcome?.kind === 'converted' && <li>{createTexts.convertedTo(outcome.to)}</li>}
          {outcome !== null && storeIds.length > 0 && <li>{createTexts.inStores(storeIds)}</li>}
          <li>{imageTexts.visibility[draft.visibility]}</li>
          {properties > 0 && <li>{createTexts.propertyCount(properties)}</li>}
          {draft.tags.length > 0 && <li>{createTexts.tagCount(draft.tags.length)}</li>}
          {stored !== undefined && (
            <li>
              {createTexts.quota(formatBytes(stored.before), formatBytes(stored.after), formatBytes(stored.limit))}
            </li>
          )}
        </ul>
        {children}
      </div>
    </aside>
  )
}
