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
  /**
   * Total size when the client declared it; absent when unknown, 0 for an empty blob. Who calls compares it with what
   * came before the commit; a driver that gave it to its back end must not commit anything else either.
   */
  readonly sizeBytes?: number
  /** The project that the image belongs to, for back ends that note it beside the bytes. */
  readonly ownerId?: string
  /**
   * Names this attempt. Everything written before commit is findable from (imageId, attemptId) alone,
   * so that a later process can remove what a dead one left.
   */
  readonly attemptId: string
  readonly signal: AbortSignal
}

/**
 * A place for image bytes. Drivers know bytes and their own configuration: never HTTP, images, policy or contexts.
 * They throw only `store_*` codes. `conformance.ts` states the behaviour in tests. Making one touches no back end: it
 * connects at its first use and again after a failure, and every call ends within a time of its own, so that a back
 * end which does not answer holds nothing else up. Calls that block must not run in libuv's pool.
 *
 * How the back ends of Glance fit (stores.md section 4); each acts with credentials of its own, since the reaper and
 * tasks have no caller:
 * - RBD: `openWriter` creates `<image>.<attempt>` at the announced size or grows it (rbd_create2, rbd_resize,
 *   rbd_aio_write; a skipped run is not written), `commit` trims it, notes the attempt (rbd_metadata_set), renames it to
 *   `<image>` (rbd_rename fails when that is there), snapshots and protects it; `settle` removes the note. Partial blobs
 *   are found by name (rbd_list2). `delete`: unprotect, remove the snapshot, rbd_remove; busy is `store_in_use`.
 * - Swift: segments under `<image>/<attempt>/`, then a static manifest with If-None-Match and the attempt in its
 *   metadata, which `settle` removes by POST; a small announced size is one PUT whose body ends at `commit`.
 *   `delete`: multipart-manifest=delete, or the listing of a dynamic manifest's segments. `setReaders`: container ACLs.
 * - S3: an object `<image>.<attempt>` holds the id of the multipart upload and is what the attempt is found by;
 *   UploadPart, `commit` completes with If-None-Match or after a HEAD, with the attempt in the object's metadata;
 *   `settle` removes the small object. `discardAttempt`: AbortMultipartUpload.
 * - Cinder: a volume with `ownerId`, image and attempt in its metadata, extended by 1 GiB while the size is unknown;
 *   attach, write through RBD or a mounted share, detach, note the size, set it read-only. `settle` removes the
 *   attempt from the metadata. `copyFrom`: a volume from an image's volume, when both lie on one back end.
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
  /**
   * Opens what is not open and tries a write that leaves no blob: the one call that brings a lost store back. Says
   * what is wrong instead of throwing. A store without room is well.
   */
  probe(): Promise<ProbeResult>
  /** Wire properties for `/v2/info/stores/detail`. */
  detail(): Record<string, string | number | boolean>
  copyFrom?(source: Store, location: BlobLocation, imageId: string): Promise<BlobLocation | undefined>
  /** Whether a client may name this URL as a location in this store. Absent: clients can name nothing in it. */
  takesUrl?(url: string): boolean
  /**
   * A writer that has all bytes of a file already, since the file system lets the store have it under another name, and
   * needs its commit alone; undefined where that cannot be. Nobody may change the file any more.
   */
  adoptFile?(imageId: string, path: string, options: OpenWriterOptions): Promise<BlobWriter | undefined>
  setReaders?(location: BlobLocation, readers: StoreReaders): Promise<void>
  /** Only where an attempt can be written in several sittings, as in the staging folder. */
  readonly resuming?: ResumingStore | undefined
  close?(): Promise<void>
}

export interface ResumingStore {
  /**
   * Goes on with an attempt where its last writer left it durable; at 0 it is begun. What lies behind `offsetBytes`,
   * also a commit that nobody recorded, goes first. Throws `store_object_missing` when the bytes before it are gone.
   */
  resumeWriter(
    imageId: string,
    options: { readonly attemptId: string; readonly offsetBytes: number; readonly signal: AbortSignal },
  ): Promise<ResumableWriter>
  /** Whether the attempt's bytes lie here. */
  holdsAttempt(imageId: string, attemptId: string): Promise<boolean>
}

export interface ResumableWriter extends BlobWriter {
  /** Resolves when whatever was written before the call is durable; writing may go on meanwhile. */
  flush(): Promise<void>
  /** Ends this sitting: closes the attempt, which keeps what is durable. May be called after a failure; never throws. */
  pause(): Promise<void>
}

export interface ProbeResult {
  readonly writable: boolean
  readonly freeBytes?: number
  /** why it is not writable, or what is wrong with a part of it; it may be shown, so it holds no path and no URL */
  readonly reason?: string
  /** set when only another configuration can help, as a folder that is none */
  readonly isMisconfigured?: boolean
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
  /** Only where bytes are files: the open file, for a program that writes all of it in place of `write` and `skip`. */
  readonly fd?: number
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
  /** Only where bytes are files: the open file, for a program that reads it. Gone after `close`. */
  readonly fd?: number
  /** how many bytes will come: the asked length, or less when the blob ends before */
  readonly sizeBytes: number
  readInto(target: Uint8Array): Promise<number>
  stream(): Readable
  close(): Promise<void>
}
