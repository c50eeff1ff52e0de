import type { CapturedImage, RegionRequest } from './captures'

/** Contents we recognise; whatever is none of these is raw. */
export type DetectedFormat = 'qcow2' | 'qed' | 'vhd' | 'vhdx' | 'vmdk' | 'vdi' | 'iso' | 'gpt' | 'luks'

/** One reason why an image of this content must not be stored. */
export interface SafetyFinding {
  readonly format: DetectedFormat
  readonly check: string
  readonly reason: string
}

export interface Qcow2Details {
  readonly version: number
  readonly hasBackingFile: boolean
  readonly hasDataFile: boolean
}

export interface VmdkDetails {
  /** null in a file that is nothing but a descriptor */
  readonly version: number | null
  /** createType in lower case */
  readonly subformat: string | null
  readonly isDescriptorOnly: boolean
  readonly hasParent: boolean
  /** The extent lines of the descriptor, in lower case. */
  readonly extents: readonly string[]
}

export interface VhdDetails {
  readonly kind: 'fixed' | 'dynamic' | 'differencing' | 'unknown'
  readonly currentSizeBytes: number | null
  /** A fixed disk: raw data with a footer, which counts as raw. */
  readonly isFooterOnly: boolean
}

export interface LuksDetails {
  readonly version: number
}

export interface GptDetails {
  /** Entries of the boot sector that are in use. */
  readonly partitionCount: number
  /** 512, 2048 or 4096; null when no GUID partition table follows. */
  readonly guidTableOffsetBytes: number | null
}

/** What a person may want to know about the content; only the parts that fit it are present. */
export interface FormatDetails {
  readonly qcow2?: Qcow2Details
  readonly vmdk?: VmdkDetails
  readonly vhd?: VhdDetails
  readonly luks?: LuksDetails
  readonly gpt?: GptDetails
}

export interface FormatReading {
  /** null when the header does not tell */
  readonly virtualSizeBytes: number | null
  readonly findings: readonly Omit<SafetyFinding, 'format'>[]
  readonly details: FormatDetails
}

export interface FormatParser {
  readonly format: DetectedFormat
  /**
   * Further places to capture, asked for whenever a capture is complete. Only what lies behind that capture can be
   * had: a stream does not go back.
   */
  wants?(image: CapturedImage): readonly RegionRequest[]
  /** undefined when the content is something else; while the image streams, only what is sure so far. */
  read(image: CapturedImage): FormatReading | undefined
}
