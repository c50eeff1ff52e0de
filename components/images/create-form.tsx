'use client'

import { ArrowUpFromLine, Globe, Plus } from 'lucide-react'
import { type FormEvent, type RefObject, useEffect, useRef, useTransition } from 'react'
import { useLiveRefresh } from '@/components/live/live-events'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { Button } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { formatBytes } from '@/components/ui/format'
import { LinkButton } from '@/components/ui/link-button'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { Time } from '@/components/ui/time'
import { useToast } from '@/components/ui/toast'
import { guessFromName } from '@/components/uploads/file-name'
import type { FormatRules } from '@/components/uploads/file-verdict'
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
  nextKey,
} from './create-draft'
import { AccessFields, createSections, DescriptionFields } from './create-fields'
import { createTexts } from './create-messages'
import { CreateSource, type ImportSources, sourceKinds, type UrlInput } from './create-source'
import { CreateSummary } from './create-summary'
import { PlaceFields } from './place-fields'
import { placeTexts } from './place-messages'
import type { RegionDraft } from './region-draft'
import { digestOf, type UrlDraft } from './url-draft'
import { useArrival } from './use-arrival'
import { type CreateState, type Refusal, type SourceKind, useCreateState } from './use-create-state'
import { useFileDrop } from './use-file-drop'

export interface CreateFormProps extends ImportSources {
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
}

const formId = 'create-image'
const pollMs = 30_000

/** Describes a new image and starts the upload of its data, which then runs on by itself. */
export function CreateForm(props: CreateFormProps) {
  const { visibilities, stores, fromUrl, fromRegion, origin, draftName } = props
  const regions = fromRegion?.regions ?? []
  const state = useCreateState({ draftName, firstDraft: origin?.draft ?? emptyDraft, stores, regions })
  const arrival = useArrival(state, { ...props, kinds: sourceKinds(props) })
  const { draft, errors, refusal, place, patch } = state
  const { kind, file, outcome, quota, isOver, isDoomed, reading } = arrival
  const form = useRef<HTMLFormElement>(null)
  const { submit, isSending } = useSubmit(props, { state, arrival, form })
  useFileDrop((dropped) => {
    state.setKind('file')
    state.setFiles(dropped)
  })
  useSectionKeys()
  useLiveRefresh({ isAbout: ({ topic }) => topic === 'image', isMoving: false, pollMs })

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
          <CreateSource {...{ state, arrival, fromUrl, fromRegion }} />
          <DescriptionFields
            draft={draft}
            errors={errors}
            suggestions={suggestionsOf(arrival.fileName, kind, state.remote)}
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
          source={sourceText(kind, file, state)}
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
            kind={kind !== 'file' ? 'import' : file === null ? 'none' : 'file'}
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
function useSubmit(props: CreateFormProps, { state, arrival, form }: Sending) {
  const [isSending, start] = useTransition()
  const transfers = useTransfers()
  const { navigate } = useNavigation()
  const toast = useToast()
  const { draft, address, remote, place } = state
  const { kind, file, following } = arrival

  const submit = () => {
    if (isSending || arrival.isDoomed || arrival.isOver) return
    const digest = digestOf(address.checksum)
    const mistakes: DraftErrors = {
      ...draftErrors(draft),
      ...(kind === 'url' && urlErrors(address, draft, digest)),
      ...(kind === 'region' && regionErrors(remote)),
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
      const result = await insist(() => create(props, { kind, input, state, digest: digest ?? null }))
      if (!result.ok) {
        state.setErrors(result.fieldErrors ?? {})
        state.setRefusal({ message: result.message, requestId: result.requestId })
        return
      }
      const { imageId } = result.data
      const name = input.name || createTexts.unnamed
      const { storeIds, mustSucceed } = place
      if (kind !== 'file') toast({ kind: 'ok', title: createTexts.importing(name) })
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

interface Creation {
  readonly kind: SourceKind
  readonly input: CreateInput
  readonly state: CreateState
  readonly digest: UrlInput['digest']
}

/** Makes the image, and asks for its import where its data comes from elsewhere. */
function create(
  { create: createOnly, fromUrl, fromRegion }: CreateFormProps,
  { kind, input, state, digest }: Creation,
) {
  const { address, remote, place } = state
  if (kind === 'url' && fromUrl !== null) {
    return fromUrl.create({ ...input, ...place, url: address.url.trim(), digest })
  }
  if (kind === 'region' && fromRegion !== null) {
    const { region, imageId } = remote
    return fromRegion.create({ ...input, ...place, region, imageId })
  }
  return createOnly(input)
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

interface SubmitButtonsProps {
  readonly kind: 'import' | 'file' | 'none'
  readonly isPending: boolean
  readonly isDisabled: boolean
}

const submitLooks = {
  import: { icon: <Globe aria-hidden />, text: () => createTexts.importIt },
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

function regionErrors({ region, imageId, preview }: RegionDraft): DraftErrors {
  const { region: texts } = createTexts
  const missing = imageId.trim() === '' ? texts.imageNeeded : preview === null ? texts.lookFirst : undefined
  return { ...(region === '' && { region: texts.needed }), ...(missing !== undefined && { imageId: missing }) }
}

/** What a name hints at, but for what comes along with the image of another region. */
function suggestionsOf(fileName: string, kind: SourceKind, { preview }: RegionDraft) {
  const along = kind === 'region' ? (preview?.copiedProperties ?? {}) : {}
  return fileName === '' ? [] : guessFromName(fileName).properties.filter(({ name }) => !Object.hasOwn(along, name))
}

function sourceText(kind: SourceKind, file: File | null, { address, remote }: CreateState): string {
  if (kind === 'file') return file === null ? createTexts.noFile : `${file.name}, ${formatBytes(file.size)}`
  if (kind === 'region') {
    const { region, preview } = remote
    if (preview === null) return createTexts.noRemote
    return `${createTexts.fromRegion(region, preview.name || preview.imageId)}, ${formatBytes(preview.sizeBytes)}`
  }
  const { url, preview } = address
  if (url.trim() === '') return createTexts.noUrl
  return preview?.sizeBytes == null
    ? url.trim()
    : `${preview.fileName || url.trim()}, ${formatBytes(preview.sizeBytes)}`
}

function focusFirstError(form: HTMLFormElement | null): void {
  const control = form?.querySelector('[aria-invalid="true"]')
  if (control instanceof HTMLElement) control.focus()
}
