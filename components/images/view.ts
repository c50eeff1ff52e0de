import type { Result } from '@/components/ui/result'
import type { ImageView, Visibility } from '@/lib/images/view'

/** What the rules let the reader do with one image; whether its state allows it now is another question. */
export interface ImageCan {
  readonly modify: boolean
  readonly delete: boolean
  readonly download: boolean
  readonly upload: boolean
  readonly deactivate: boolean
  readonly reactivate: boolean
  /** Those the reader may set, the present one included. */
  readonly visibilities: readonly Visibility[]
}

export interface ImageItem {
  readonly image: ImageView
  readonly can: ImageCan
}

/** One change of an image as the Image API's JSON patch writes it. */
export interface PatchStep {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: string | number | boolean | readonly string[]
}

export interface DeleteOutcome {
  readonly imageId: string
  readonly isDeleted: boolean
  readonly message?: string
  readonly requestId?: string
}

export interface ImageActions {
  readonly patch: (input: { imageId: string; steps: readonly PatchStep[] }) => Promise<Result<null>>
  readonly remove: (input: { imageIds: readonly string[] }) => Promise<Result<readonly DeleteOutcome[]>>
  readonly setActive: (input: { imageId: string; isActive: boolean }) => Promise<Result<null>>
}
