'use client'

import { Search } from 'lucide-react'
import { useState, useTransition } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Bytes } from '@/components/ui/bytes'
import { CopyText } from '@/components/ui/copy-text'
import { TextInput } from '@/components/ui/field'
import type { Result } from '@/components/ui/result'
import { Select } from '@/components/ui/select'
import { ContentVerdict } from '@/components/uploads/file-source'
import type { FormatRules } from '@/components/uploads/file-verdict'
import type { RemotePreview } from '@/lib/imports/view'
import { createTexts } from './create-messages'
import { type Fact, Facts } from './fact-list'
import type { RegionDraft } from './region-draft'

export type PreviewRemote = (input: {
  readonly region: string
  readonly imageId: string
}) => Promise<Result<RemotePreview>>

export interface RegionSourceProps {
  readonly regions: readonly string[]
  readonly draft: RegionDraft
  readonly rules: FormatRules
  readonly regionError: string | undefined
  readonly error: string | undefined
  readonly onChange: (draft: RegionDraft) => void
  readonly preview: PreviewRemote
}

const { region: texts } = createTexts

/** An image of another region; what it is is shown before anything is made. */
export function RegionSource({ regions, draft, rules, regionError, error, onChange, preview }: RegionSourceProps) {
  const [isLooking, start] = useTransition()
  const [problem, setProblem] = useState<string>()
  const { region, imageId, preview: found } = draft
  const change = (next: Partial<RegionDraft>) => {
    setProblem(undefined)
    onChange({ ...draft, ...next, preview: null })
  }
  const look = () =>
    start(async () => {
      const result = await preview({ region, imageId: imageId.trim() })
      setProblem(result.ok ? undefined : result.message)
      if (result.ok) onChange({ region, imageId: result.data.imageId, preview: result.data })
    })
  return (
    <div className="flex flex-col gap-3">
      <Select
        label={texts.label}
        choices={regions.map((value) => ({ value, label: value }))}
        value={region === '' ? null : region}
        onChange={(value) => change({ region: value })}
        placeholder={texts.choose}
        error={regionError}
        className="sm:max-w-64"
      />
      <div className="flex flex-wrap items-start gap-2">
        <TextInput
          label={texts.image}
          help={texts.imageHelp}
          error={problem ?? error}
          value={imageId}
          onChange={(value) => change({ imageId: value })}
          autoComplete="off"
          mono
          className="min-w-64 flex-1"
        />
        <Button
          isPending={isLooking}
          isDisabled={region === '' || imageId.trim() === ''}
          onPress={look}
          className="mt-[calc(var(--text-sm)*1.45+0.25rem)]"
        >
          <Search aria-hidden />
          {createTexts.url.look}
        </Button>
      </div>
      <div role="status" className="flex flex-col gap-3">
        {found !== null && <Found preview={found} rules={rules} />}
      </div>
    </div>
  )
}

function Found({ preview, rules }: { readonly preview: RemotePreview; readonly rules: FormatRules }) {
  const { name, diskFormat, containerFormat, inspection } = preview
  return (
    <>
      <Facts facts={factsOf(preview)} />
      {inspection === null ? (
        <Banner tone="info">{texts.notInspected}</Banner>
      ) : (
        <ContentVerdict
          reading={{ state: 'done', inspection }}
          claim={{ diskFormat, containerFormat }}
          fileName={name}
          rules={rules}
          onClaim={null}
        />
      )}
    </>
  )
}

function factsOf(preview: RemotePreview): readonly Fact[] {
  const { name, status, sizeBytes, diskFormat, containerFormat, hash } = preview
  const copied = Object.entries(preview.copiedProperties)
  return [
    { label: createTexts.name, value: name || createTexts.unnamed },
    { label: texts.status, value: status },
    { label: texts.size, value: <Bytes value={sizeBytes} /> },
    { label: texts.formats, value: createTexts.formats(diskFormat, containerFormat) },
    ...(hash === null ? [] : [{ label: hash.algorithm.toUpperCase(), value: <CopyText text={hash.value} /> }]),
    ...(copied.length === 0 ? [] : [{ label: texts.comesAlong, value: <Properties entries={copied} /> }]),
  ]
}

function Properties({ entries }: { readonly entries: readonly (readonly [string, string])[] }) {
  return (
    <ul className="font-mono text-sm">
      {entries.map(([name, value]) => (
        <li key={name} className="wrap-anywhere">
          {name}={value}
        </li>
      ))}
    </ul>
  )
}
