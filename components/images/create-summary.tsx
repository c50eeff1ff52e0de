import type { ReactNode } from 'react'
import { describeContent } from '@/components/uploads/file-verdict'
import type { FileReading } from '@/components/uploads/use-inspection'
import type { CreateDraft } from './create-draft'
import { createTexts } from './create-messages'
import { imageTexts } from './messages'

export interface CreateSummaryProps {
  readonly draft: CreateDraft
  /** where the data comes from, in a few words */
  readonly source: string
  readonly reading: FileReading | undefined
  /** Notes and buttons at its end. */
  readonly children: ReactNode
}

/** What will be made, in a few lines, beside the form; below it on small screens. */
export function CreateSummary({ draft, source, reading, children }: CreateSummaryProps) {
  const properties = draft.properties.filter(({ name }) => name.trim() !== '').length
  return (
    <aside aria-label={createTexts.summary} className="lg:sticky lg:top-16 lg:self-start">
      <div className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
        <p className="truncate font-semibold text-lg">{draft.name.trim() || createTexts.unnamed}</p>
        <ul className="flex flex-col gap-1 text-muted text-sm">
          <li className="wrap-anywhere">{source}</li>
          {reading?.state === 'done' && <li>{describeContent(reading.inspection)}</li>}
          <li>{createTexts.formats(draft.diskFormat, draft.containerFormat)}</li>
          <li>{imageTexts.visibility[draft.visibility]}</li>
          {properties > 0 && <li>{createTexts.propertyCount(properties)}</li>}
          {draft.tags.length > 0 && <li>{createTexts.tagCount(draft.tags.length)}</li>}
        </ul>
        {children}
      </div>
    </aside>
  )
}
