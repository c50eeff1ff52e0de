import type { Readable } from 'node:stream'

/** Where bytes lie: `url` is what Glance would show as the location's URL; it may hold no credentials. */
export interface BlobLocation {
  readonly storeId: string
  readonly url: string
}

export interface StoreCapabilities {
  readonly write: boolean
  readonly range: boolean
  /** skipped runs of zeros take no room */
  readonly sparse: boolean
  readonly directUrl: boolean
  readonly fastCopy: boolean
  readonly acl: boolean
}

export interface StoreReaders {
  readonly public: boolean
  readonly projectIds: readonly string[]
}

export interface OpenWriterOptions {
  /** Total size when the client declared it; absent when unknown. */
  readonly sizeBytes?: number
  /**
   * Names this attempt. Everything written before commit is findable from (imageId, attemptId) alone,
   * so that a later process can remove what a dead one left.
   */
  readonly attemptId: string
  readonly signal: AbortSignal
}

/**
 * A place for image bytes. Drivers know bytes and their own configuration: never HTTP, images, policy or contexts.
 * They throw only `store_*` codes. `conformance.ts` states the behaviour in tests.
 */
export interface Store {
  readonly id: string
  readonly kind: 'filesystem' | 'rbd' | 'swift' | 's3' | 'cinder' | 'http' | 'memory'
  readonly description: string | null
  readonly weight: number
  readonly capabilities: StoreCapabilities
  openWriter(imageId: string, options: OpenWriterOptions): Promise<BlobWriter>
  openReader(
    location: BlobLocation,
    options: { offset?: number; length?: number; signal: AbortSignal },
  ): Promise<BlobReader>
  stat(location: BlobLocation): Promise<{ sizeBytes: number }>
  /** Removes the blob; resolves too when it was gone already. Throws `store_in_use` when something depends on it. */
  delete(location: BlobLocation): Promise<void>
  /**
   * Removes whatever the attempt wrote, committed or not; resolves when nothing is left. `keepCommitted` is set when
   * the attempt's committed blob has an owner after all.
   */
  discardAttempt(imageId: string, attemptId: string, options: { keepCommitted: boolean }): Promise<void>
  /** Every blob and unfinished attempt the store holds, or only the attempts, to be compared with the database. */
  list(options: { readonly signal: AbortSignal; readonly partialOnly?: boolean }): AsyncIterable<StoredBlob>
  probe(): Promise<{ writable: boolean; freeBytes?: number; reason?: string }>
  /** Wire properties for `/v2/info/stores/detail`. */
  detail(): Record<string, string | number | boolean>
  copyFrom?(source: Store, location: BlobLocation, imageId: string): Promise<BlobLocation | undefined>
  setReaders?(location: BlobLocation, readers: StoreReaders): Promise<void>
  close?(): Promise<void>
}

export type StoredBlob =
  | {
      readonly state: 'committed'
      readonly url: string
      readonly imageId: string | null
      readonly sizeBytes: number
      readonly modifiedAt: Date
    }
  | {
      readonly state: 'partial'
      readonly imageId: string
      readonly attemptId: string
      readonly sizeBytes: number
      readonly modifiedAt: Date
    }

/** Bytes arrive in order; `write` and `skip` must be awaited before the next call. */
export interface BlobWriter {
  /** Resolves when the chunk's memory may be used again. */
  write(chunk: Uint8Array): Promise<void>
  /** A run of zeros; stored as a hole only if `capabilities.sparse`, otherwise written. */
  skip(lengthBytes: number): Promise<void>
  /**
   * Nothing is readable before this; when it resolves the bytes are durable. Never replaces a blob: throws
   * `store_object_exists`.
   */
  commit(): Promise<BlobLocation>
  /** After the location is recorded: drops what tied the committed blob to the attempt. Never throws. */
  settle(): Promise<void>
  /** Leaves no bytes behind, committed ones of this attempt included; may be called twice, and never throws. */
  abort(): Promise<void>
}

/**
 * `readInto` fills `target` from the start and returns how many bytes it put there, 0 at the end: the data plane owns
 * the memory, so a download needs no buffer per chunk. `stream` is the same bytes as a Node stream for other users.
 */
export interface BlobReader {
  /** how many bytes will come: the asked length, or less when the blob ends before */
  readonly sizeBytes: number
  readInto(target: Uint8Array): Promise<number>
  stream(): Readable
  close(): Promise<void>
}
