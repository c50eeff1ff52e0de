import type { Inspection } from '@/lib/formats/inspector'

/** What lies at an address, as far as its first and last bytes tell. */
export interface SourcePreview {
  /** null where the source does not say */
  readonly sizeBytes: number | null
  /** the last part of the path, decoded */
  readonly fileName: string
  readonly mediaType: string | null
  /** where redirects lead, without credentials; null without any */
  readonly redirectedTo: string | null
  /** null where the source says no size or gives no parts of the file */
  readonly inspection: Inspection | null
}

/** An image in another region, and what a copy of it is to be. */
export interface RemotePreview {
  readonly region: string
  readonly imageId: string
  readonly name: string
  readonly status: string
  readonly sizeBytes: number
  readonly diskFormat: string | null
  readonly containerFormat: string | null
  readonly minDiskGib: number
  readonly minRamMib: number
  readonly hash: { readonly algorithm: string; readonly value: string } | null
  /** what the import takes over by itself */
  readonly copiedProperties: Readonly<Record<string, string>>
  /** what the reader may give a new image besides */
  readonly otherProperties: Readonly<Record<string, string>>
  /** null where that service gives no parts of the data */
  readonly inspection: Inspection | null
}

export type CopyBlock = 'not-active' | 'no-formats' | 'busy' | 'read-only' | 'being-removed'
export type RemoveBlock = 'not-active' | 'last' | 'not-configured'

/** A store as somebody sees it who looks for a place for data. */
export interface StoreChoice {
  readonly storeId: string
  readonly description: string | null
  readonly isDefault: boolean
  readonly isReadOnly: boolean
  /** why it is not well, for those who may know */
  readonly reason: string | null
  /** null where unknown, or not for everybody */
  readonly freeBytes: number | null
}

/** A store as the place of one image's data. */
export interface ImagePlace extends StoreChoice {
  /** false: the configuration has lost it */
  readonly isConfigured: boolean
  /** coming: a running task brings the data there */
  readonly state: 'there' | 'coming' | 'absent'
  /** the last import or copy did not get there */
  readonly hasFailed: boolean
  /** the addresses that policy shows, at most one for each location there */
  readonly urls: readonly string[]
  /** absent where the rules give no right to it; `block` says why not now, null that it can be done */
  readonly copy?: { readonly block: CopyBlock | null }
  readonly remove?: { readonly block: RemoveBlock | null }
}
