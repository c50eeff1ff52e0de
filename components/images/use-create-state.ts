'use client'

import { useState } from 'react'
import type { RemotePreview, StoreChoice } from '@/lib/imports/view'
import { type CreateDraft, type DraftErrors, emptyDraft } from './create-draft'
import type { PlaceDraft } from './place-fields'
import { draftTaking, emptyRegion, type RegionDraft } from './region-draft'
import { emptyUrl, type UrlDraft } from './url-draft'
import { useSavedDraft } from './use-saved-draft'

export type SourceKind = 'file' | 'url' | 'region'

export interface Refusal {
  readonly message: string
  readonly requestId: string | undefined
}

/** What is kept of a form that was not sent; files cannot be. */
interface Kept {
  readonly draft: CreateDraft
  readonly kind: SourceKind
  readonly url: string
  readonly checksum: string
  readonly region: string
  readonly remoteId: string
  readonly place: PlaceDraft
}

export interface CreateStateOptions {
  /** Tells drafts of people, projects and images apart. */
  readonly draftName: string
  readonly firstDraft: CreateDraft
  readonly stores: readonly StoreChoice[]
  /** that images can be copied from */
  readonly regions: readonly string[]
}

export type CreateState = ReturnType<typeof useCreateState>

/** What a person has put into the form of a new image; kept in the browser from the first key on. */
export function useCreateState({ draftName, firstDraft, stores, regions }: CreateStateOptions) {
  const firstRegion = { ...emptyRegion, region: regions.length === 1 ? (regions[0] ?? '') : '' }
  const firstPlace = { storeIds: openStores(stores).slice(0, 1), mustSucceed: true }
  const [draft, setDraft] = useState<CreateDraft>(firstDraft)
  const [kind, setKind] = useState<SourceKind>('file')
  const [files, setFiles] = useState<readonly File[]>([])
  const [address, setAddress] = useState<UrlDraft>(emptyUrl)
  const [remote, setRemote] = useState<RegionDraft>(firstRegion)
  const [taken, setTaken] = useState<RemotePreview | null>(null)
  const [place, setPlace] = useState<PlaceDraft>(firstPlace)
  const [isTouched, setTouched] = useState(false)
  const [isSure, setSure] = useState(false)
  const [errors, setErrors] = useState<DraftErrors>({})
  const [refusal, setRefusal] = useState<Refusal>()

  const { url, checksum } = address
  const kept: Kept = { draft, kind, url, checksum, region: remote.region, remoteId: remote.imageId, place }
  const saved = useSavedDraft<Kept>(draftName, isTouched ? kept : undefined, (old) => {
    setTouched(true)
    setDraft(old.draft)
    setKind(old.kind)
    setAddress({ url: old.url, checksum: old.checksum, preview: null })
    setRemote({
      ...(regions.includes(old.region) ? { region: old.region } : firstRegion),
      imageId: old.remoteId,
      preview: null,
    })
    setPlace(stillOpen(old.place, stores, firstPlace))
  })
  const forget = () => {
    saved.forget()
    setTouched(false)
  }
  const startAnew = (next: CreateDraft) => {
    forget()
    setDraft(next)
    setSure(false)
    setErrors({})
    setRefusal(undefined)
  }
  return {
    ...{ draft, kind, files, address, remote, place, isSure, errors, refusal },
    ...{ setDraft, setKind, setFiles, setSure, setErrors, setRefusal, forget },
    savedAt: saved.savedAt,
    patch: (change: Partial<CreateDraft>) => {
      setTouched(true)
      setDraft((old) => ({ ...old, ...change }))
      setErrors((old) => without(old, Object.keys(change)))
    },
    changePlace: (change: Partial<PlaceDraft>) => {
      setTouched(true)
      setPlace((old) => ({ ...old, ...change }))
      setErrors((old) => without(old, ['stores']))
    },
    changeAddress: (next: UrlDraft) => {
      setTouched(true)
      setAddress(next)
      setErrors((old) => without(old, ['url', 'checksum']))
    },
    changeRemote: (next: RegionDraft) => {
      setTouched(true)
      setRemote(next)
      setErrors((old) => without(old, ['region', 'imageId']))
      const { preview } = next
      if (preview === null) return
      setDraft((old) => draftTaking(old, preview, taken))
      setTaken(preview)
    },
    /** The next file is another image of the same kind, with a name and formats of its own. */
    goOnWith: (next: readonly File[]) => {
      const { name, diskFormat, containerFormat } = emptyDraft
      startAnew({ ...draft, name, diskFormat, containerFormat, minDiskGib: emptyDraft.minDiskGib })
      setFiles(next)
    },
    discard: () => {
      startAnew(firstDraft)
      setPlace(firstPlace)
      setAddress(emptyUrl)
      setRemote(firstRegion)
      setTaken(null)
    },
  }
}

/** The default one first, as they come. */
function openStores(stores: readonly StoreChoice[]): readonly string[] {
  return stores.filter(({ isReadOnly }) => !isReadOnly).map(({ storeId }) => storeId)
}

/** What an older page chose, without the stores that take nothing any more. */
function stillOpen(place: PlaceDraft, stores: readonly StoreChoice[], first: PlaceDraft): PlaceDraft {
  const open = openStores(stores)
  const storeIds = place.storeIds.filter((storeId) => open.includes(storeId))
  return storeIds.length === 0 ? first : { ...place, storeIds }
}

function without(errors: DraftErrors, fields: readonly string[]): DraftErrors {
  const isOf = (key: string) => fields.includes(key) || (key.startsWith('property-') && fields.includes('properties'))
  return Object.fromEntries(Object.entries(errors).filter(([key]) => !isOf(key)))
}
