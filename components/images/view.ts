import type { Result } from '@/components/ui/result'
import type { ImageView, Visibility } from '@/lib/images/view'
import type { BulkAct, BulkPlan, BulkStep, BulkTarget } from './bulk-act'

/** What the rules let the reader do with one image; whether its state allows it now is another question. */
export interface ImageCan {
  readonly modify: boolean
  readonly delete: boolean
  readonly download: boolean
  /** of images too that are deactivated */
  readonly downloadDeactivated: boolean
  readonly upload: boolean
  /** may offer it to projects */
  readonly share: boolean
  /** may have it copied to further stores */
  readonly copy: boolean
  readonly deactivate: boolean
  readonly reactivate: boolean
  /** a new image that is described like it */
  readonly newVersion: boolean
  /** Those the reader may set, the present one included. */
  readonly visibilities: readonly Visibility[]
}

export interface ImageItem {
  readonly image: ImageView
  readonly can: ImageCan
  /** In lists: how its project is called, where the reader knows that. */
  readonly ownerName?: string | null
  /** In lists: whom it is offered to, where the reader may know that. */
  readonly sharedWith?: { readonly count: number; readonly pending: number } | null
  /** It was there when the page was made; its row stays until the reader looks anew. */
  readonly isGone?: true
}

/** Counted up to some bound; null in its place where the counting failed. */
export interface Total {
  readonly count: number
  readonly isExact: boolean
}

/** One page of the catalog, as it was when it was made. */
export interface CatalogPage {
  readonly items: readonly ImageItem[]
  /** How many match; it comes after the rows. */
  readonly total: Promise<Total | null>
  /** cursors of its neighbours */
  readonly next: string | null
  readonly previous: string | null
  readonly start: NewsStart
}

/** Where "new since the page was made" begins. */
export interface NewsStart {
  /** milliseconds; null when the page shows all that matches, so that whatever else matches is new */
  readonly since: number | null
  /** images from then on that are no news */
  readonly known: readonly string[]
}

/** Counted no further: the pill shows "99+". */
export const newsMax = 99

/** What a page asks about itself while it is looked at. */
export interface CatalogQuestion extends NewsStart {
  /** the query of what matches */
  readonly search: string
  readonly imageIds: readonly string[]
}

/** Those of the images that may still be seen, as they are now, and how many are new, up to one more than the most. */
export interface CatalogAnswer {
  readonly items: readonly ImageItem[]
  readonly newCount: number
}

/** A list under a name, as the reader finds it. */
export interface SavedViewItem {
  readonly id: string
  readonly name: string
  /** the query with its `?` */
  readonly search: string
  readonly isShared: boolean
  readonly isOwn: boolean
  readonly canRemove: boolean
}

/** One change of an image as the Image API's JSON patch writes it. */
export interface PatchStep {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: string | number | boolean | readonly string[] | null
}

/** Attributes and properties as the reader saw them; null for what was not there. */
export type Expected = Readonly<Record<string, string | number | boolean | readonly string[] | null>>

/** Acts on many images, or one, that are looked at before. */
export interface BulkActions {
  readonly plan: (input: { act: BulkAct; target: BulkTarget }) => Promise<Result<BulkPlan>>
  /** Does a part of the work. `after` is what the part before gave as `next`. */
  readonly run: (input: {
    act: BulkAct
    target: BulkTarget
    after?: string | undefined
    /** where the part before kept its results */
    runId?: string | undefined
  }) => Promise<Result<BulkStep>>
}

export interface ImageActions {
  /** Changes nothing where something is not as `expected`. */
  readonly patch: (input: {
    imageId: string
    steps: readonly PatchStep[]
    expected?: Expected | undefined
  }) => Promise<Result<null>>
  readonly bulk: BulkActions
  readonly setActive: (input: { imageId: string; isActive: boolean }) => Promise<Result<null>>
}
