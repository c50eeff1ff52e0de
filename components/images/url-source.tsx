'use client'

import { Globe, Search } from 'lucide-react'
import { useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { TextInput } from '@/components/ui/field'
import { formatBytes } from '@/components/ui/format'
import type { Result } from '@/components/ui/result'
import { FormatFields, type FormatFieldsProps } from '@/components/uploads/file-source'
import type { SourcePreview } from '@/lib/imports/view'
import { createTexts } from './create-messages'
import type { UrlDraft } from './url-draft'

export type PreviewUrl = (input: { readonly url: string }) => Promise<Result<SourcePreview>>

export interface UrlSourceProps extends Omit<FormatFieldsProps, 'reading' | 'fileName'> {
  readonly draft: UrlDraft
  readonly error: string | undefined
  readonly checksumError: string | undefined
  readonly onChange: (draft: UrlDraft) => void
  readonly preview: PreviewUrl
}

const { url: texts } = createTexts

/** An address; the server looks at it before anything is made. */
export function UrlSource(props: UrlSourceProps) {
  const { draft, error, checksumError, onChange, preview, ...formats } = props
  const [isLooking, start] = useTransition()
  const [problem, setProblem] = useState<string>()
  const found = draft.preview
  const look = () =>
    start(async () => {
      const url = draft.url.trim()
      const result = await insist(() => preview({ url }))
      setProblem(result.ok ? undefined : result.message)
      if (!result.ok) return
      onChange({ ...draft, url, preview: result.data })
    })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-2">
        <TextInput
          label={texts.label}
          help={texts.help}
          error={problem ?? error}
          placeholder="https://"
          type="url"
          value={draft.url}
          onChange={(url) => {
            setProblem(undefined)
            onChange({ ...draft, url, preview: null })
          }}
          autoComplete="off"
          mono
          className="min-w-64 flex-1"
        />
        <Button
          isPending={isLooking}
          isDisabled={draft.url.trim() === ''}
          onPress={look}
          className="mt-[calc(var(--text-sm)*1.45+0.25rem)]"
        >
          <Search aria-hidden />
          {texts.look}
        </Button>
      </div>
      <div role="status">{found !== null && <Found preview={found} />}</div>
      <TextInput
        label={texts.checksum}
        help={texts.checksumHelp}
        error={checksumError}
        value={draft.checksum}
        onChange={(checksum) => onChange({ ...draft, checksum })}
        autoComplete="off"
        mono
      />
      <FormatFields
        {...formats}
        reading={found?.inspection ? { state: 'done', inspection: found.inspection } : undefined}
        fileName={found?.fileName ?? ''}
      />
    </div>
  )
}

function Found({ preview: { fileName, sizeBytes, mediaType, redirectedTo, inspection } }: { preview: SourcePreview }) {
  const size = sizeBytes === null ? texts.noSize : formatBytes(sizeBytes)
  return (
    <div className="flex flex-col gap-2">
      <p className="flex items-start gap-2.5 px-3 wrap-anywhere">
        <Globe className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
        <span>
          {[fileName, size, mediaType].filter(Boolean).join(' · ')}
          {redirectedTo !== null && <span className="block text-muted text-sm">{texts.redirected(redirectedTo)}</span>}
        </span>
      </p>
      {inspection === null && <Banner tone="info">{texts.notInspected}</Banner>}
    </div>
  )
}
