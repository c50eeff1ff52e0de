'use client'

import { CircleCheck } from 'lucide-react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { formatBytes } from '@/components/ui/format'
import { Select } from '@/components/ui/select'
import { Skeleton } from '@/components/ui/skeleton'
import { FileField } from './file-field'
import { type Claim, type FormatRules, type Verdict, verdictOf } from './file-verdict'
import type { FileReading } from './use-inspection'
import { verdictTexts } from './verdict-messages'

export interface FormatFieldsProps {
  /** what is known of the content; undefined while there is none */
  readonly reading: FileReading | undefined
  readonly fileName: string
  readonly claim: Claim
  readonly onClaim: (claim: Claim) => void
  readonly rules: FormatRules
  /** The reader may send data, but not change the record. */
  readonly areFormatsFixed?: boolean
}

export interface FileSourceProps extends Omit<FormatFieldsProps, 'fileName'> {
  readonly file: File | null
  readonly onFile: (file: File | null) => void
  readonly onFiles?: (files: readonly File[]) => void
}

/** A file, the formats it is registered with, and what its header says to that. */
export function FileSource({ file, onFile, onFiles, ...formats }: FileSourceProps) {
  return (
    <div className="flex flex-col gap-3">
      <FileField file={file} onChange={onFile} {...(onFiles !== undefined && { onSeveral: onFiles })} />
      <FormatFields {...formats} fileName={file?.name ?? ''} />
    </div>
  )
}

/** The formats that data is registered with, and what its header says to that. */
export function FormatFields({ reading, fileName, claim, onClaim, rules, areFormatsFixed = false }: FormatFieldsProps) {
  return (
    <>
      <div role="status">
        {reading !== undefined && <ContentVerdict reading={reading} {...{ claim, onClaim, rules, fileName }} />}
      </div>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Select
          label={verdictTexts.diskFormat}
          choices={rules.disk.map(plainChoice)}
          value={claim.diskFormat}
          onChange={(diskFormat) => onClaim({ ...claim, diskFormat })}
          placeholder={verdictTexts.notSet}
          isDisabled={areFormatsFixed}
        />
        <Select
          label={verdictTexts.containerFormat}
          choices={rules.container.map(plainChoice)}
          value={claim.containerFormat}
          onChange={(containerFormat) => onClaim({ ...claim, containerFormat })}
          placeholder={verdictTexts.notSet}
          help={verdictTexts.containerHelp}
          isDisabled={areFormatsFixed}
        />
      </div>
    </>
  )
}

const plainChoice = (value: string) => ({ value, label: value })

export interface ContentVerdictProps extends Pick<FormatFieldsProps, 'claim' | 'rules' | 'fileName'> {
  readonly reading: FileReading
  /** null where the formats are given */
  readonly onClaim: ((claim: Claim) => void) | null
}

/** What the header of data says to the formats that it is registered with. */
export function ContentVerdict({ reading, claim, onClaim, rules, fileName }: ContentVerdictProps) {
  if (reading.state === 'reading') {
    return (
      <>
        <span className="sr-only">{verdictTexts.reading}</span>
        <Skeleton className="h-10 w-full rounded-md" />
      </>
    )
  }
  if (reading.state === 'failed') {
    return (
      <Banner tone="danger" title={verdictTexts.unreadable}>
        {verdictTexts.unreadableText}
      </Banner>
    )
  }
  const { inspection } = reading
  const verdict = verdictOf(inspection, claim, fileName, rules)
  const size = inspection.format === 'raw' ? null : inspection.virtualSizeBytes
  return <VerdictView verdict={verdict} virtualSizeBytes={size} onClaim={onClaim} />
}

interface VerdictViewProps {
  readonly verdict: Verdict
  readonly virtualSizeBytes: number | null
  readonly onClaim: ((claim: Claim) => void) | null
}

function VerdictView({ verdict, virtualSizeBytes, onClaim }: VerdictViewProps) {
  const size = virtualSizeBytes === null ? null : verdictTexts.virtualSize(formatBytes(virtualSizeBytes))
  if (verdict.tone === 'ok') {
    return (
      <p className="flex items-start gap-2.5 px-3 py-1">
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-ok" aria-hidden />
        <span>
          {verdict.title}
          {size !== null && <span className="text-muted"> · {size}</span>}
          {verdict.text !== undefined && <span className="block text-muted text-sm">{verdict.text}</span>}
        </span>
      </p>
    )
  }
  const { fix } = verdict
  return (
    <Banner
      tone={verdict.tone}
      title={verdict.title}
      actions={
        fix !== null &&
        onClaim !== null && (
          <Button size="sm" onPress={() => onClaim(fix)}>
            {verdictTexts.takeFormats(fix.diskFormat ?? '', fix.containerFormat ?? '')}
          </Button>
        )
      }
    >
      {verdict.text}
      {size !== null && <span className="text-muted"> {size}.</span>}
    </Banner>
  )
}
