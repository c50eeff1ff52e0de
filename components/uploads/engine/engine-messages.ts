import type { SavedHash } from './blob-source'

/** What a page tells its worker. */
export type ToWorker =
  | { readonly kind: 'send'; readonly job: UploadJob }
  /** there may be a connection or a session again */
  | { readonly kind: 'wake' }

export interface UploadJob {
  readonly file: File
  readonly imageId: string
  /** of the upload to go on with; one is begun when null */
  readonly path: string | null
  /** of the file that was begun with; another one is refused */
  readonly fingerprint: string | null
  readonly hash: SavedHash | null
  readonly storeIds: readonly string[]
  readonly allStores: boolean
  readonly allStoresMustSucceed: boolean
}

export type Stall = 'network' | 'session' | 'server'

/** What a worker tells its page. */
export type FromWorker =
  | { readonly kind: 'begun'; readonly path: string; readonly fingerprint: string }
  | {
      readonly kind: 'progress'
      readonly phase: 'checking' | 'sending' | 'waiting'
      /** taken by the server, and what has left since */
      readonly sentBytes: number
      readonly holeBytes: number
      readonly stall: Stall | null
    }
  | { readonly kind: 'taken'; readonly offsetBytes: number; readonly hash: SavedHash | null }
  | { readonly kind: 'sent'; readonly sha512: string; readonly wireBytes: number; readonly holeBytes: number }
  /** the server takes no uploads in pieces */
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'otherFile' }
  /** the file cannot be read any more */
  | { readonly kind: 'unreadable' }
  | {
      readonly kind: 'failed'
      readonly status: number
      readonly message: string
      readonly requestId: string | null
    }
