import type { ImageStatus } from './status'

export const visibilities = ['private', 'shared', 'community', 'public'] as const
export type Visibility = (typeof visibilities)[number]

/** An image as the use-cases see it: no database types, no wire names. */
export interface Image {
  readonly id: string
  readonly name: string | null
  readonly status: ImageStatus
  readonly visibility: Visibility
  readonly ownerId: string | null
  readonly diskFormat: string | null
  readonly containerFormat: string | null
  readonly sizeBytes: number | null
  readonly virtualSizeBytes: number | null
  /** MD5 of the stored bytes, lower-case hex */
  readonly checksum: string | null
  readonly hashAlgorithm: string | null
  readonly hashValue: string | null
  readonly minRamMib: number
  readonly minDiskGib: number
  readonly isProtected: boolean
  readonly isHidden: boolean
  /** epoch milliseconds, of whole seconds */
  readonly createdAt: number
  readonly updatedAt: number
  /** in the order they were added */
  readonly tags: readonly string[]
  readonly properties: Readonly<Record<string, string>>
  readonly locations: readonly ImageLocation[]
  /** the caller's project when it found the image through a membership, else null */
  readonly memberId: string | null
}

/** Digests that a client vouches for, by their names on the wire. */
export interface ValidationData {
  readonly checksum?: string | undefined
  readonly os_hash_algo: string
  readonly os_hash_value: string
}

export interface ImageLocation {
  readonly id: string
  readonly storeId: string
  readonly url: string
  readonly metadata: Readonly<Record<string, unknown>>
  /** only in the answer to the request that brought it */
  readonly validationData?: ValidationData
}
