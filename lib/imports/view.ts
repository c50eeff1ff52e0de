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
