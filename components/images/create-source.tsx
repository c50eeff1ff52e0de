'use client'

import { Checkbox } from '@/components/ui/checkbox'
import { lazyPart } from '@/components/ui/lazy-part'
import { RadioCards } from '@/components/ui/radio-cards'
import type { Result } from '@/components/ui/result'
import { FileSource } from '@/components/uploads/file-source'
import type { Claim } from '@/components/uploads/file-verdict'
import type { CreateInput } from './create-draft'
import { FormSection } from './create-fields'
import { createTexts } from './create-messages'
import type { PlaceDraft } from './place-fields'
import type { PreviewRemote } from './region-source'
import type { PreviewUrl } from './url-source'
import type { useArrival } from './use-arrival'
import type { CreateState, SourceKind } from './use-create-state'

const RegionSource = lazyPart(async () => (await import('./region-source')).RegionSource)
const UrlSource = lazyPart(async () => (await import('./url-source')).UrlSource)

type Created = Promise<Result<{ readonly imageId: string }>>

/** Where data can come from besides files; null where this cloud does not import so. */
export interface ImportSources {
  readonly fromUrl: {
    readonly preview: PreviewUrl
    readonly create: (input: UrlInput) => Created
  } | null
  readonly fromRegion: {
    /** those that the catalog names besides this one */
    readonly regions: readonly string[]
    readonly preview: PreviewRemote
    readonly create: (input: RegionInput) => Created
  } | null
}

export interface UrlInput extends CreateInput, PlaceDraft {
  readonly url: string
  readonly digest: { readonly algorithm: 'md5' | 'sha256' | 'sha512'; readonly value: string } | null
}

export interface RegionInput extends CreateInput, PlaceDraft {
  readonly region: string
  readonly imageId: string
}

export interface CreateSourceProps extends ImportSources {
  readonly state: CreateState
  readonly arrival: ReturnType<typeof useArrival>
}

/** Where the data of a new image comes from, and what it is. */
export function CreateSource({ state, arrival, fromUrl, fromRegion }: CreateSourceProps) {
  const { draft, errors } = state
  const { kind, file, following, rules, reading } = arrival
  const formats = {
    claim: draft,
    onClaim: ({ diskFormat, containerFormat }: Claim) => {
      state.setSure(false)
      state.patch({ diskFormat, containerFormat })
    },
    rules,
  }
  return (
    <FormSection id="source" title={createTexts.source} {...(kind === 'file' && { help: createTexts.sourceHelp })}>
      <RadioCards
        label={createTexts.from}
        value={kind}
        onChange={state.setKind}
        cards={sourceCards({ fromUrl, fromRegion })}
      />
      {kind === 'file' && (
        <FileSource
          file={file}
          onFile={(next) => state.setFiles(next === null ? following : [next, ...following])}
          onFiles={state.setFiles}
          reading={reading}
          {...formats}
        />
      )}
      {kind === 'url' && fromUrl !== null && (
        <UrlSource
          draft={state.address}
          error={errors.url}
          checksumError={errors.checksum}
          onChange={state.changeAddress}
          preview={fromUrl.preview}
          {...formats}
        />
      )}
      {kind === 'region' && fromRegion !== null && (
        <RegionSource
          regions={fromRegion.regions}
          draft={state.remote}
          rules={rules}
          regionError={errors.region}
          error={errors.imageId}
          onChange={state.changeRemote}
          preview={fromRegion.preview}
        />
      )}
      {following.length > 0 && (
        <p className="text-muted text-sm wrap-anywhere">{createTexts.following(following.map(({ name }) => name))}</p>
      )}
      {arrival.mustBeSure && (
        <Sure format={draft.diskFormat ?? ''} isSure={state.isSure} onChange={state.setSure} error={errors.sure} />
      )}
    </FormSection>
  )
}

/** The kinds of source that can be chosen here. */
export function sourceKinds({ fromUrl, fromRegion }: ImportSources): readonly SourceKind[] {
  return [
    'file',
    ...(fromUrl === null ? [] : (['url'] as const)),
    ...(fromRegion === null || fromRegion.regions.length === 0 ? [] : (['region'] as const)),
  ]
}

/** All kinds; those that cannot be chosen say why. */
function sourceCards({ fromUrl, fromRegion }: ImportSources) {
  const { file, url, region } = createTexts.kinds
  const off = (text: string) => ({ text, isDisabled: true })
  return [
    { value: 'file' as const, ...file },
    { value: 'url' as const, ...url, ...(fromUrl === null && off(createTexts.notEnabled)) },
    {
      value: 'region' as const,
      ...region,
      ...(fromRegion?.regions.length === 0 && off(createTexts.noRegion)),
      ...(fromRegion === null && off(createTexts.notEnabled)),
    },
  ]
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
