'use client'

import { ArrowUpFromLine, Globe, Plus } from 'lucide-react'
import { type FormEvent, type RefObject, useEffect, useRef, useTransition } from 'react'
import { useLiveRefresh } from '@/components/live/live-events'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { Button, LinkButton } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { CopyText } from '@/components/ui/copy-text'
import { formatBytes } from '@/components/ui/format'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import { RadioCards } from '@/components/ui/radio-cards'
import type { Result } from '@/components/ui/result'
import { Time } from '@/components/ui/time'
import { useToast } from '@/components/ui/toast'
import { guessFromName } from '@/components/uploads/file-name'
import { FileSource } from '@/components/uploads/file-source'
import type { Claim, FormatRules } from '@/components/uploads/file-verdict'
import { useTransfers } from '@/components/uploads/transfers'
import type { UsageView } from '@/components/usage/usage-view'
import type { Visibility } from '@/lib/images/view'
import type { StoreChoice } from '@/lib/imports/view'
import {
  type CreateDraft,
  type CreateInput,
  createInput,
  type DraftErrors,
  draftErrors,
  emptyDraft,
} from './create-draft'
import { AccessFields, createSections, DescriptionFields, FormSection } from './create-fields'
import { createTexts } from './create-messages'
import { CreateSummary } from './create-summary'
import { type PlaceDraft, PlaceFields } from './place-fields'
import { placeTexts } from './place-messages'
import { nextKey } from './property-rows'
import { digestOf, type PreviewUrl, type UrlDraft, UrlSource } from './url-source'
import { useArrival } from './use-arrival'
import { type CreateState, type Refusal, useCreateState } from './use-create-state'
import { useFileDrop } from './use-file-drop'

export interface CreateFormProps {
  readonly rules: FormatRules
  /** Those the reader may give a new image. */
  readonly visibilities: readonly Visibility[]
  /** Those that can be written at all. */
  readonly stores: readonly StoreChoice[]
  /** what the project has of everything that can be limited */
  readonly usage: readonly UsageView[]
  /** Files go in pieces and are imported; else they go to one store in one request. */
  readonly isResumable: boolean
  /** Tells drafts of people, projects and images apart. */
  readonly draftName: string
  /** An image that this will be a new version of. */
  readonly origin: { readonly name: string; readonly draft: CreateDraft } | null
  readonly create: (input: CreateInput) => Promise<Result<{ readonly imageId: string }>>
  /** null where this cloud does not import from addresses */
  readonly fromUrl: {
    readonly preview: PreviewUrl
    readonly create: (input: UrlInput) => Promise<Result<{ readonly imageId: string }>>
  } | null
}

export interface UrlInput extends CreateInput, PlaceDraft {
  readonly url: string
  readonly digest: { readonly algorithm: 'md5' | 'sha256' | 'sha512'; readonly value: string } | null
}

const formId = 'create-image'
const pollMs = 30_000

/** Describes a new image and starts the upload of its data, which then runs on by itself. */
export function CreateForm(props: CreateFormProps) {
  const { visibilities, stores, fromUrl, origin, draftName } = props
  const state = useCreateState({ draftName, firstDraft: origin?.draft ?? emptyDraft, stores })
  const arrival = useArrival(state, { ...props, mayUseUrl: fromUrl !== null })
  const { draft, errors, refusal, place, patch } = state
  const { isUrl, file, following, fileName, outcome, quota, isOver, isDoomed, rules, reading } = arrival
  const form = useRef<HTMLFormElement>(null)
  const { submit, isSending } = useSubmit(props, { state, arrival, form })
  useFileDrop((dropped) => {
    state.setKind('file')
    state.setFiles(dropped)
  })
  useSectionKeys()
  useLiveRefresh({ isAbout: ({ topic }) => topic === 'image', isMoving: false, pollMs })

  const formats = {
    claim: draft,
    onClaim: ({ diskFormat, containerFormat }: Claim) => {
      state.setSure(false)
      patch({ diskFormat, containerFormat })
    },
    rules,
  }
  return (
    <div className="px-4 pt-4 pb-16 md:px-6">
      <Breadcrumb crumbs={[{ label: createTexts.images, href: '/images' }, { label: createTexts.title }]} />
      <div className="flex max-w-6xl flex-wrap items-baseline justify-between gap-x-4 pt-1 pb-4">
        <h1 className="font-semibold text-xl">{createTexts.title}</h1>
        {state.savedAt !== undefined && <DraftNote savedAt={state.savedAt} onDiscard={state.discard} />}
      </div>
      <form
        ref={form}
        id={formId}
        noValidate
        className="grid max-w-6xl grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]"
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          submit()
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        }}
      >
        <div className="flex min-w-0 flex-col gap-8">
          {origin !== null && (
            <Banner tone="info" title={createTexts.newVersion(origin.name)}>
              {createTexts.newVersionText}
            </Banner>
          )}
          {refusal !== undefined && <RefusalBanner {...refusal} />}
          <FormSection id="source" title={createTexts.source} {...(!isUrl && { help: createTexts.sourceHelp })}>
            <RadioCards
              label={createTexts.from}
              value={state.kind}
              onChange={state.setKind}
              cards={sourceCards(fromUrl !== null)}
            />
            {isUrl && fromUrl !== null ? (
              <UrlSource
                draft={state.address}
                error={errors.url}
                checksumError={errors.checksum}
                onChange={state.changeAddress}
                preview={fromUrl.preview}
                {...formats}
              />
            ) : (
              <FileSource
                file={file}
                onFile={(next) => state.setFiles(next === null ? following : [next, ...following])}
                onFiles={state.setFiles}
                reading={reading}
                {...formats}
              />
            )}
            {following.length > 0 && (
              <p className="text-muted text-sm wrap-anywhere">
                {createTexts.following(following.map(({ name }) => name))}
              </p>
            )}
            {arrival.mustBeSure && (
              <Sure
                format={draft.diskFormat ?? ''}
                isSure={state.isSure}
                onChange={state.setSure}
                error={errors.sure}
              />
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
          <PlaceFields
            choices={stores}
            mayChooseSeveral={arrival.isStaged}
            place={place}
            onChange={state.changePlace}
            error={errors.stores}
            outcome={outcome}
            quota={quota}
          />
        </div>
        <CreateSummary
          draft={draft}
          source={sourceText(isUrl, file, state.address)}
          reading={reading}
          outcome={outcome}
          storeIds={place.storeIds}
          quota={quota}
        >
          {isDoomed && <p className="text-danger text-sm">{createTexts.willBeRefused}</p>}
          {isOver && <p className="text-danger text-sm">{placeTexts.blocked}</p>}
          {Object.keys(errors).length > 0 && (
            <p role="alert" className="text-danger text-sm">
              {createTexts.fix}
            </p>
          )}
          <SubmitButtons
            kind={isUrl ? 'url' : file === null ? 'none' : 'file'}
            isPending={isSending}
            isDisabled={isDoomed || isOver}
          />
        </CreateSummary>
      </form>
    </div>
  )
}

interface Sending {
  readonly state: CreateState
  readonly arrival: ReturnType<typeof useArrival>
  readonly form: RefObject<HTMLFormElement | null>
}

/** Sends the form when nothing speaks against it, and goes on: to the next file, or to what was made. */
function useSubmit({ create, fromUrl }: CreateFormProps, { state, arrival, form }: Sending) {
  const [isSending, start] = useTransition()
  const transfers = useTransfers()
  const { navigate } = useNavigation()
  const toast = useToast()
  const { draft, address, place } = state
  const { isUrl, file, following } = arrival

  const submit = () => {
    if (isSending || arrival.isDoomed || arrival.isOver) return
    const digest = digestOf(address.checksum)
    const mistakes: DraftErrors = {
      ...draftErrors(draft),
      ...(isUrl && urlErrors(address, draft, digest)),
      ...(arrival.hasData && place.storeIds.length === 0 && { stores: placeTexts.needed }),
      ...(arrival.mustBeSure && !state.isSure && { sure: createTexts.errors.anyway }),
    }
    state.setErrors(mistakes)
    state.setRefusal(undefined)
    if (Object.keys(mistakes).length > 0) {
      requestAnimationFrame(() => focusFirstError(form.current))
      return
    }
    const input = createInput(draft)
    start(async () => {
      const source = { url: address.url.trim(), digest: digest ?? null }
      const isImport = isUrl && fromUrl !== null
      const result = await insist(() => (isImport ? fromUrl.create({ ...input, ...place, ...source }) : create(input)))
      if (!result.ok) {
        state.setErrors(result.fieldErrors ?? {})
        state.setRefusal({ message: result.message, requestId: result.requestId })
        return
      }
      const { imageId } = result.data
      const name = input.name || createTexts.unnamed
      const { storeIds, mustSucceed } = place
      if (isImport) toast({ kind: 'ok', title: createTexts.importing(name) })
      else if (file === null) toast({ kind: 'ok', title: createTexts.created(name) })
      else transfers.start({ imageId, name, file, storeIds, allStoresMustSucceed: mustSucceed })
      if (following.length > 0) {
        state.goOnWith(following)
        document.getElementById('section-source')?.focus()
        return
      }
      state.forget()
      navigate(`/images/${encodeURIComponent(imageId)}`)
    })
  }
  return { submit, isSending }
}

function DraftNote({ savedAt, onDiscard }: { readonly savedAt: Date; readonly onDiscard: () => void }) {
  return (
    <p className="flex items-center gap-1 text-muted text-sm">
      {createTexts.draftSaved} <Time iso={savedAt.toISOString()} />
      <Button size="sm" variant="quiet" onPress={onDiscard}>
        {createTexts.discard}
      </Button>
    </p>
  )
}

function RefusalBanner({ message, requestId }: Refusal) {
  return (
    <Banner tone="danger" role="alert" title={createTexts.refused}>
      <p>{message}</p>
      {requestId !== undefined && (
        <p className="text-muted">
          {uiTexts.requestId} <CopyText text={requestId} />
        </p>
      )}
    </Banner>
  )
}

interface SureProps {
  readonly format: string
  readonly isSure: boolean
  readonly onChange: (isSure: boolean) => void
  readonly error: string | undefined
}

/** Asked where the person says something else than the file does. */
function Sure({ format, isSure, onChange, error }: SureProps) {
  return (
    <div>
      <Checkbox isSelected={isSure} onChange={onChange} isInvalid={error !== undefined && !isSure}>
        {createTexts.anyway(format)}
      </Checkbox>
      {error !== undefined && !isSure && (
        <p className="text-danger text-xs" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

interface SubmitButtonsProps {
  readonly kind: 'url' | 'file' | 'none'
  readonly isPending: boolean
  readonly isDisabled: boolean
}

const submitLooks = {
  url: { icon: <Globe aria-hidden />, text: () => createTexts.importIt },
  file: { icon: <ArrowUpFromLine aria-hidden />, text: () => createTexts.uploadIt },
  none: { icon: <Plus aria-hidden />, text: () => createTexts.createOnly },
} as const

function SubmitButtons({ kind, isPending, isDisabled }: SubmitButtonsProps) {
  const { icon, text } = submitLooks[kind]
  return (
    <div className="flex flex-row-reverse gap-2 lg:flex-col lg:gap-3">
      <Button
        type="submit"
        variant="primary"
        isPending={isPending}
        isDisabled={isDisabled}
        className="max-lg:flex-1 lg:w-full"
      >
        {icon}
        {text()}
      </Button>
      <LinkButton href="/images" variant="quiet" className="lg:w-full">
        {createTexts.cancel}
      </LinkButton>
    </div>
  )
}

function sourceCards(mayUseUrl: boolean) {
  const { file, url } = createTexts.kinds
  return [
    { value: 'file' as const, ...file },
    { value: 'url' as const, ...url, ...(!mayUseUrl && { text: createTexts.notEnabled, isDisabled: true }) },
  ]
}

/** Alt and a number lead to a section, by the place of the key: on a Mac Alt types other signs. */
function useSectionKeys(): void {
  useEffect(() => {
    const go = (event: KeyboardEvent) => {
      const number = /^Digit([1-4])$/.exec(event.code)?.[1]
      if (!event.altKey || event.ctrlKey || event.metaKey || number === undefined) return
      event.preventDefault()
      const heading = document.getElementById(`section-${createSections[Number(number) - 1]}`)
      heading?.scrollIntoView({ block: 'start' })
      heading?.focus({ preventScroll: true })
    }
    document.addEventListener('keydown', go)
    return () => document.removeEventListener('keydown', go)
  }, [])
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

function focusFirstError(form: HTMLFormElement | null): void {
  const control = form?.querySelector('[aria-invalid="true"]')
  if (control instanceof HTMLElement) control.focus()
}
