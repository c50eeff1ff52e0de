'use client'

import { ArrowUpFromLine, Globe, Plus } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useRef, useState, useTransition } from 'react'
import { Banner } from '@/components/ui/banner'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { Button, LinkButton } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { formatBytes } from '@/components/ui/format'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import { RadioCards } from '@/components/ui/radio-cards'
import type { Result } from '@/components/ui/result'
import { useToast } from '@/components/ui/toast'
import { guessFromName } from '@/components/uploads/file-name'
import { FileSource } from '@/components/uploads/file-source'
import { type Claim, type FormatRules, suggestClaim, verdictOf } from '@/components/uploads/file-verdict'
import { useTransfers } from '@/components/uploads/transfers'
import { type FileReading, useInspection } from '@/components/uploads/use-inspection'
import type { Visibility } from '@/lib/images/view'
import {
  type CreateDraft,
  type CreateInput,
  createInput,
  type DraftErrors,
  draftErrors,
  emptyDraft,
} from './create-draft'
import { AccessFields, DescriptionFields, FormSection } from './create-fields'
import { createTexts } from './create-messages'
import { CreateSummary } from './create-summary'
import { nextKey } from './property-rows'
import { digestOf, emptyUrl, type PreviewUrl, type UrlDraft, UrlSource } from './url-source'

export interface CreateFormProps {
  readonly rules: FormatRules
  /** Those the reader may give a new image. */
  readonly visibilities: readonly Visibility[]
  readonly create: (input: CreateInput) => Promise<Result<{ readonly imageId: string }>>
  /** null where this cloud does not import from addresses */
  readonly fromUrl: {
    readonly preview: PreviewUrl
    readonly create: (input: UrlInput) => Promise<Result<{ readonly imageId: string }>>
  } | null
}

export interface UrlInput extends CreateInput {
  readonly url: string
  readonly digest: { readonly algorithm: 'md5' | 'sha256' | 'sha512'; readonly value: string } | null
}

interface Refusal {
  readonly message: string
  readonly requestId: string | undefined
}

const formId = 'create-image'
const gib = 1024 ** 3

/** Describes a new image and starts the upload of its data, which then runs on by itself. */
export function CreateForm({ rules, visibilities, create, fromUrl }: CreateFormProps) {
  const [draft, setDraft] = useState<CreateDraft>(emptyDraft)
  const [kind, setKind] = useState<'file' | 'url'>('file')
  const [chosen, setFile] = useState<File | null>(null)
  const [address, setAddress] = useState<UrlDraft>(emptyUrl)
  const [errors, setErrors] = useState<DraftErrors>({})
  const [refusal, setRefusal] = useState<Refusal>()
  const [isSending, start] = useTransition()
  const isUrl = kind === 'url'
  const file = isUrl ? null : chosen
  const ofFile = useInspection(file)
  const found = isUrl ? address.preview : null
  const reading: FileReading | undefined = found?.inspection ? { state: 'done', inspection: found.inspection } : ofFile
  const fileName = file?.name ?? found?.fileName ?? ''
  const transfers = useTransfers()
  const { navigate } = useNavigation()
  const toast = useToast()
  const form = useRef<HTMLFormElement>(null)

  const patch = (change: Partial<CreateDraft>) => {
    setDraft((old) => ({ ...old, ...change }))
    setErrors((old) => without(old, Object.keys(change)))
  }
  useSuggestions(file ?? found, fileName, reading, { rules, setDraft })

  const verdict = reading?.state === 'done' ? verdictOf(reading.inspection, draft, fileName, rules) : undefined
  const isDoomed = verdict?.tone === 'danger' || reading?.state === 'failed'

  const submit = () => {
    if (isSending || isDoomed) return
    const digest = digestOf(address.checksum)
    const mistakes = { ...draftErrors(draft), ...(isUrl && urlErrors(address, draft, digest)) }
    setErrors(mistakes)
    setRefusal(undefined)
    if (Object.keys(mistakes).length > 0) {
      requestAnimationFrame(() => focusFirstError(form.current))
      return
    }
    const input = createInput(draft)
    start(async () => {
      const isImport = isUrl && fromUrl !== null
      const url = address.url.trim()
      const result = isImport ? await fromUrl.create({ ...input, url, digest: digest ?? null }) : await create(input)
      if (!result.ok) {
        setErrors(result.fieldErrors ?? {})
        setRefusal({ message: result.message, requestId: result.requestId })
        return
      }
      const { imageId } = result.data
      const name = input.name || createTexts.unnamed
      if (isImport) toast({ kind: 'ok', title: createTexts.importing(name) })
      else if (file === null) toast({ kind: 'ok', title: createTexts.created(name) })
      else transfers.start({ imageId, name, file })
      navigate(`/images/${encodeURIComponent(imageId)}`)
    })
  }

  const formats = {
    claim: draft,
    onClaim: ({ diskFormat, containerFormat }: Claim) => patch({ diskFormat, containerFormat }),
    rules,
  }
  return (
    <div className="px-4 pt-4 pb-16 md:px-6">
      <Breadcrumb crumbs={[{ label: createTexts.images, href: '/images' }, { label: createTexts.title }]} />
      <h1 className="pt-1 pb-4 font-semibold text-xl">{createTexts.title}</h1>
      <form
        ref={form}
        id={formId}
        noValidate
        className="grid max-w-6xl grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]"
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          submit()
        }}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        }}
      >
        <div className="flex min-w-0 flex-col gap-8">
          {refusal !== undefined && (
            <Banner tone="danger" role="alert" title={createTexts.refused}>
              <p>{refusal.message}</p>
              {refusal.requestId !== undefined && (
                <p className="text-muted">
                  {uiTexts.requestId} <CopyText text={refusal.requestId} />
                </p>
              )}
            </Banner>
          )}
          <FormSection title={createTexts.source} {...(!isUrl && { help: createTexts.sourceHelp })}>
            {fromUrl !== null && (
              <RadioCards
                label={createTexts.from}
                value={kind}
                onChange={setKind}
                cards={(['file', 'url'] as const).map((value) => ({ value, ...createTexts.kinds[value] }))}
              />
            )}
            {isUrl && fromUrl !== null ? (
              <UrlSource
                draft={address}
                error={errors.url}
                checksumError={errors.checksum}
                onChange={(next) => {
                  setAddress(next)
                  setErrors((old) => without(old, ['url', 'checksum']))
                }}
                preview={fromUrl.preview}
                {...formats}
              />
            ) : (
              <FileSource file={file} onFile={setFile} reading={reading} {...formats} />
            )}
          </FormSection>
          <DescriptionFields
            draft={draft}
            errors={errors}
            suggestions={fileName === '' ? [] : guessFromName(fileName).properties}
            onChange={patch}
            onSuggestion={(suggestion) =>
              patch({ properties: [...draft.properties, { key: nextKey(draft.properties), ...suggestion }] })
            }
          />
          <AccessFields draft={draft} errors={errors} visibilities={visibilities} onChange={patch} />
        </div>
        <CreateSummary draft={draft} source={sourceText(isUrl, file, address)} reading={reading}>
          {isDoomed && <p className="text-danger text-sm">{createTexts.willBeRefused}</p>}
          {Object.keys(errors).length > 0 && (
            <p role="alert" className="text-danger text-sm">
              {createTexts.fix}
            </p>
          )}
          <Button type="submit" variant="primary" isPending={isSending} isDisabled={isDoomed} className="w-full">
            {isUrl ? <Globe aria-hidden /> : file === null ? <Plus aria-hidden /> : <ArrowUpFromLine aria-hidden />}
            {isUrl ? createTexts.importIt : file === null ? createTexts.createOnly : createTexts.uploadIt}
          </Button>
          <LinkButton href="/images" variant="quiet" className="w-full">
            {createTexts.cancel}
          </LinkButton>
        </CreateSummary>
      </form>
    </div>
  )
}

/** Fills in what the data tells, once for each source; what the person has written already stays. */
function useSuggestions(
  source: object | null,
  fileName: string,
  reading: FileReading | undefined,
  { rules, setDraft }: { rules: FormatRules; setDraft: (change: (old: CreateDraft) => CreateDraft) => void },
): void {
  const [done, setDone] = useState<object | null>(null)
  if (source === null || reading?.state !== 'done' || done === source) return
  setDone(source)
  const { inspection } = reading
  const claim = suggestClaim(inspection, fileName, rules)
  const isDisk = inspection.format !== 'iso' && claim?.containerFormat === 'bare'
  const diskGib = isDisk && inspection.virtualSizeBytes !== null ? Math.ceil(inspection.virtualSizeBytes / gib) : 0
  setDraft((old) => ({
    ...old,
    ...claim,
    name: old.name === '' ? guessFromName(fileName).name : old.name,
    minDiskGib: old.minDiskGib === '' && diskGib > 0 ? String(diskGib) : old.minDiskGib,
  }))
}

function urlErrors({ url }: UrlDraft, draft: CreateDraft, digest: ReturnType<typeof digestOf>): DraftErrors {
  const { url: texts } = createTexts
  const problem =
    url.trim() === ''
      ? texts.needed
      : draft.diskFormat === null || draft.containerFormat === null
        ? texts.noFormats
        : undefined
  return {
    ...(problem !== undefined && { url: problem }),
    ...(digest === undefined && { checksum: texts.badChecksum }),
  }
}

function sourceText(isUrl: boolean, file: File | null, { url, preview }: UrlDraft): string {
  if (!isUrl) return file === null ? createTexts.noFile : `${file.name}, ${formatBytes(file.size)}`
  if (url.trim() === '') return createTexts.noUrl
  return preview?.sizeBytes == null
    ? url.trim()
    : `${preview.fileName || url.trim()}, ${formatBytes(preview.sizeBytes)}`
}

function without(errors: DraftErrors, fields: readonly string[]): DraftErrors {
  const isOf = (key: string) => fields.includes(key) || (key.startsWith('property-') && fields.includes('properties'))
  return Object.fromEntries(Object.entries(errors).filter(([key]) => !isOf(key)))
}

function focusFirstError(form: HTMLFormElement | null): void {
  const control = form?.querySelector('[aria-invalid="true"]')
  if (control instanceof HTMLElement) control.focus()
}
