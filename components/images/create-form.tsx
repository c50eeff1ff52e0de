'use client'

import { ArrowUpFromLine, Plus } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useRef, useState, useTransition } from 'react'
import { Banner } from '@/components/ui/banner'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { Button, LinkButton } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { useToast } from '@/components/ui/toast'
import { guessFromName } from '@/components/uploads/file-name'
import { FileSource } from '@/components/uploads/file-source'
import { type FormatRules, suggestClaim, verdictOf } from '@/components/uploads/file-verdict'
import { useTransfers } from '@/components/uploads/transfers'
import { useInspection } from '@/components/uploads/use-inspection'
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

export interface CreateFormProps {
  readonly rules: FormatRules
  /** Those the reader may give a new image. */
  readonly visibilities: readonly Visibility[]
  readonly create: (input: CreateInput) => Promise<Result<{ readonly imageId: string }>>
}

interface Refusal {
  readonly message: string
  readonly requestId: string | undefined
}

const formId = 'create-image'
const gib = 1024 ** 3

/** Describes a new image and starts the upload of its data, which then runs on by itself. */
export function CreateForm({ rules, visibilities, create }: CreateFormProps) {
  const [draft, setDraft] = useState<CreateDraft>(emptyDraft)
  const [file, setFile] = useState<File | null>(null)
  const [errors, setErrors] = useState<DraftErrors>({})
  const [refusal, setRefusal] = useState<Refusal>()
  const [isSending, start] = useTransition()
  const reading = useInspection(file)
  const transfers = useTransfers()
  const { navigate } = useNavigation()
  const toast = useToast()
  const form = useRef<HTMLFormElement>(null)

  const patch = (change: Partial<CreateDraft>) => {
    setDraft((old) => ({ ...old, ...change }))
    setErrors((old) => without(old, Object.keys(change)))
  }
  useSuggestions(file, reading, rules, setDraft)

  const verdict =
    file !== null && reading?.state === 'done' ? verdictOf(reading.inspection, draft, file.name, rules) : undefined
  const isDoomed = verdict?.tone === 'danger' || reading?.state === 'failed'

  const submit = () => {
    if (isSending || isDoomed) return
    const found = draftErrors(draft)
    setErrors(found)
    setRefusal(undefined)
    if (Object.keys(found).length > 0) {
      requestAnimationFrame(() => focusFirstError(form.current))
      return
    }
    const input = createInput(draft)
    start(async () => {
      const result = await create(input)
      if (!result.ok) {
        setErrors(result.fieldErrors ?? {})
        setRefusal({ message: result.message, requestId: result.requestId })
        return
      }
      const { imageId } = result.data
      const name = input.name || createTexts.unnamed
      if (file === null) toast({ kind: 'ok', title: createTexts.created(name) })
      else transfers.start({ imageId, name, file })
      navigate(`/images/${encodeURIComponent(imageId)}`)
    })
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
          <FormSection title={createTexts.source} help={createTexts.sourceHelp}>
            <FileSource
              file={file}
              onFile={setFile}
              reading={reading}
              claim={draft}
              onClaim={({ diskFormat, containerFormat }) => patch({ diskFormat, containerFormat })}
              rules={rules}
            />
          </FormSection>
          <DescriptionFields
            draft={draft}
            errors={errors}
            suggestions={file === null ? [] : guessFromName(file.name).properties}
            onChange={patch}
            onSuggestion={(suggestion) =>
              patch({ properties: [...draft.properties, { key: nextKey(draft.properties), ...suggestion }] })
            }
          />
          <AccessFields draft={draft} errors={errors} visibilities={visibilities} onChange={patch} />
        </div>
        <CreateSummary draft={draft} file={file} reading={reading}>
          {isDoomed && <p className="text-danger text-sm">{createTexts.willBeRefused}</p>}
          {Object.keys(errors).length > 0 && (
            <p role="alert" className="text-danger text-sm">
              {createTexts.fix}
            </p>
          )}
          <Button type="submit" variant="primary" isPending={isSending} isDisabled={isDoomed} className="w-full">
            {file === null ? <Plus aria-hidden /> : <ArrowUpFromLine aria-hidden />}
            {file === null ? createTexts.createOnly : createTexts.uploadIt}
          </Button>
          <LinkButton href="/images" variant="quiet" className="w-full">
            {createTexts.cancel}
          </LinkButton>
        </CreateSummary>
      </form>
    </div>
  )
}

/** Fills in what the file tells, once per file; what the person has written already stays. */
function useSuggestions(
  file: File | null,
  reading: ReturnType<typeof useInspection>,
  rules: FormatRules,
  setDraft: (change: (old: CreateDraft) => CreateDraft) => void,
): void {
  const [done, setDone] = useState<File | null>(null)
  if (file === null || reading?.state !== 'done' || done === file) return
  setDone(file)
  const { inspection } = reading
  const claim = suggestClaim(inspection, file.name, rules)
  const isDisk = inspection.format !== 'iso' && claim?.containerFormat === 'bare'
  const diskGib = isDisk && inspection.virtualSizeBytes !== null ? Math.ceil(inspection.virtualSizeBytes / gib) : 0
  setDraft((old) => ({
    ...old,
    ...claim,
    name: old.name === '' ? guessFromName(file.name).name : old.name,
    minDiskGib: old.minDiskGib === '' && diskGib > 0 ? String(diskGib) : old.minDiskGib,
  }))
}

function without(errors: DraftErrors, fields: readonly string[]): DraftErrors {
  const isOf = (key: string) => fields.includes(key) || (key.startsWith('property-') && fields.includes('properties'))
  return Object.fromEntries(Object.entries(errors).filter(([key]) => !isOf(key)))
}

function focusFirstError(form: HTMLFormElement | null): void {
  const control = form?.querySelector('[aria-invalid="true"]')
  if (control instanceof HTMLElement) control.focus()
}
