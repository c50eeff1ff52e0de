import type { Visibility } from '@/lib/images/view'
import { bulkTexts } from './bulk-messages'
import { deleteBlock } from './image-state'
import { imageTexts } from './messages'
import type { ImageItem } from './view'

/** What can be done to many images at once. */
export type BulkAct =
  | { readonly kind: 'delete' }
  | { readonly kind: 'addTags'; readonly tags: readonly string[] }
  | { readonly kind: 'removeTag'; readonly tag: string }
  | { readonly kind: 'setProperty'; readonly name: string; readonly value: string }
  | { readonly kind: 'removeProperty'; readonly name: string }
  | { readonly kind: 'setVisibility'; readonly visibility: Visibility }
  | { readonly kind: 'setProtected'; readonly value: boolean }
  | { readonly kind: 'setHidden'; readonly value: boolean }
  | { readonly kind: 'setActive'; readonly value: boolean }

export type BulkKind = BulkAct['kind']

/** Acts that need to be told more than which images. */
export type Ask = Extract<BulkKind, 'addTags' | 'removeTag' | 'setProperty' | 'removeProperty' | 'setVisibility'>

/** What some images have, and may get. */
export interface Present {
  readonly tags: readonly string[]
  readonly properties: readonly string[]
  readonly visibilities: readonly Visibility[]
}

export function presentOn(items: readonly ImageItem[]): Present {
  const sorted = (values: Iterable<string>) => [...new Set(values)].toSorted((a, b) => a.localeCompare(b))
  const settable = new Set(items.flatMap(({ can }) => can.visibilities))
  return {
    tags: sorted(items.flatMap(({ image }) => image.tags)),
    properties: sorted(items.flatMap(({ image }) => Object.keys(image.properties))),
    visibilities: (['private', 'shared', 'community', 'public'] as const).filter((one) => settable.has(one)),
  }
}

/** Which images: chosen one by one, or whatever matches a list's query when it is done. */
export type BulkTarget = { readonly imageIds: readonly string[] } | { readonly search: string }

export interface NamedImage {
  readonly id: string
  readonly name: string | null
}

export interface BulkGroup {
  readonly count: number
  /** the first of them */
  readonly sample: readonly NamedImage[]
}

/** What an act would do now, counted on the server over all of its target. */
export interface BulkPlan {
  readonly affected: BulkGroup & {
    /** all of them, where they were chosen one by one; empty for a query */
    readonly imageIds: readonly string[]
    readonly sizeBytes: number
  }
  readonly unaffected: readonly (BulkGroup & { readonly reason: string })[]
  /** More match than may be done at once; the numbers are of the first ones only. */
  readonly isTooMany: boolean
}

export interface BulkOutcome extends NamedImage {
  /** skipped: nothing had to be done, or it was known that it cannot */
  readonly result: 'done' | 'skipped' | 'failed'
  readonly message?: string
  readonly requestId?: string
  /** of what was done: the acts that take it back; none for what cannot be */
  readonly undo?: readonly BulkAct[]
}

/** One step of an act's work, with the way to go on; `next` is null at the end. */
export interface BulkStep {
  readonly outcomes: readonly BulkOutcome[]
  readonly next: string | null
  /** where the results are kept; steps that follow name it */
  readonly runId: string | null
}

/** The most images that one act is done to. */
export const bulkMax = 10_000
/** The most images of one step: short enough to be stopped, and to be told of. */
export const bulkStepMax = 50
const sampleMax = 8

const { blocked } = imageTexts
const { unaffected: texts } = bulkTexts

/** Why an act would not change an image as it is now; undefined when it would. */
export function whyUnaffected(item: ImageItem, act: BulkAct): string | undefined {
  const { image, can } = item
  if (act.kind === 'delete') return deleteBlock(item)
  if (act.kind === 'setActive') return act.value ? reactivateBlock(item) : deactivateBlock(item)
  if (!can.modify) return blocked.notAllowed
  switch (act.kind) {
    case 'addTags':
      return act.tags.every((tag) => image.tags.includes(tag)) ? texts.hasTags : undefined
    case 'removeTag':
      return image.tags.includes(act.tag) ? undefined : texts.lacksTag
    case 'setProperty':
      return image.properties[act.name] === act.value ? texts.already : undefined
    case 'removeProperty':
      return image.properties[act.name] === undefined ? texts.lacksProperty : undefined
    case 'setVisibility':
      if (image.visibility === act.visibility) return texts.already
      return can.visibilities.includes(act.visibility) ? undefined : texts.visibilityNotAllowed
    case 'setProtected':
      return image.isProtected === act.value ? texts.already : undefined
    case 'setHidden':
      return image.isHidden === act.value ? texts.already : undefined
  }
}

/** What takes an act back that is about to be done to this image; nothing brings a deleted one back. */
export function undoOf(
  image: Pick<ImageItem['image'], 'tags' | 'properties' | 'visibility'>,
  act: BulkAct,
): readonly BulkAct[] {
  switch (act.kind) {
    case 'delete':
      return []
    case 'addTags':
      return act.tags.filter((tag) => !image.tags.includes(tag)).map((tag) => ({ kind: 'removeTag', tag }))
    case 'removeTag':
      return [{ kind: 'addTags', tags: [act.tag] }]
    case 'setProperty':
    case 'removeProperty': {
      const { name } = act
      const value = image.properties[name]
      return [value === undefined ? { kind: 'removeProperty', name } : { kind: 'setProperty', name, value }]
    }
    case 'setVisibility':
      return [{ kind: 'setVisibility', visibility: image.visibility }]
    case 'setProtected':
    case 'setHidden':
    case 'setActive':
      return [{ kind: act.kind, value: !act.value }]
  }
}

/** Acts that take back what was done, each with all of its images. */
export function undosOf(outcomes: readonly BulkOutcome[]): readonly { act: BulkAct; imageIds: readonly string[] }[] {
  const found = new Map<string, { act: BulkAct; imageIds: string[] }>()
  for (const { id, undo = [] } of outcomes) {
    for (const act of undo) {
      const key = JSON.stringify(act)
      const known = found.get(key) ?? { act, imageIds: [] }
      known.imageIds.push(id)
      found.set(key, known)
    }
  }
  return [...found.values()]
}

/** Whether a reason says that an image is already as it is wanted. */
export function isNothingToDo(reason: string): boolean {
  return [texts.already, texts.hasTags, texts.lacksTag, texts.lacksProperty].some((text) => text === reason)
}

function deactivateBlock({ image, can }: ImageItem): string | undefined {
  if (!can.deactivate) return blocked.notAllowed
  if (image.status === 'deactivated') return texts.already
  return image.status === 'active' ? undefined : blocked.notActive
}

function reactivateBlock({ image, can }: ImageItem): string | undefined {
  if (!can.reactivate) return blocked.notAllowed
  if (image.status === 'active') return texts.already
  return image.status === 'deactivated' ? undefined : blocked.notDeactivated
}

/** Counts, image by image, what an act would change and what it would not, by reason. Holds names of the first alone. */
export class BulkPlanner {
  readonly #affected = { count: 0, sample: [] as NamedImage[], imageIds: [] as string[], sizeBytes: 0 }
  readonly #reasons = new Map<string, { count: number; sample: NamedImage[] }>()

  constructor(private readonly options: { readonly keepsIds: boolean }) {}

  /** How many were looked at. */
  get count(): number {
    return [...this.#reasons.values()].reduce((sum, group) => sum + group.count, this.#affected.count)
  }

  add({ id, name, sizeBytes }: NamedImage & { readonly sizeBytes: number | null }, reason: string | undefined): void {
    const group = reason === undefined ? this.#affected : (this.#reasons.get(reason) ?? { count: 0, sample: [] })
    group.count += 1
    if (group.sample.length < sampleMax) group.sample.push({ id, name })
    if (reason !== undefined) {
      this.#reasons.set(reason, group)
      return
    }
    this.#affected.sizeBytes += sizeBytes ?? 0
    if (this.options.keepsIds) this.#affected.imageIds.push(id)
  }

  /** The largest groups first. */
  plan(isTooMany: boolean): BulkPlan {
    const groups = [...this.#reasons].map(([reason, group]) => ({ reason, ...group }))
    return { affected: this.#affected, unaffected: groups.toSorted((a, b) => b.count - a.count), isTooMany }
  }
}

/** How many results of one kind are named. */
export const namedMax = 100

/** What an act has done so far: all counted, the first failures named. */
export interface BulkTally {
  readonly doneCount: number
  readonly failedCount: number
  readonly failed: readonly BulkOutcome[]
  readonly skipped: ReadonlyMap<string, number>
}

export const emptyTally: BulkTally = { doneCount: 0, failedCount: 0, failed: [], skipped: new Map() }

export function addOutcomes(tally: BulkTally, outcomes: readonly BulkOutcome[]): BulkTally {
  const failed = outcomes.filter(({ result }) => result === 'failed')
  const skipped = new Map(tally.skipped)
  for (const { result, message = '' } of outcomes) {
    if (result === 'skipped') skipped.set(message, (skipped.get(message) ?? 0) + 1)
  }
  return {
    doneCount: tally.doneCount + outcomes.filter(({ result }) => result === 'done').length,
    failedCount: tally.failedCount + failed.length,
    failed: [...tally.failed, ...failed].slice(0, namedMax),
    skipped,
  }
}

export function lookedAt({ doneCount, failedCount, skipped }: BulkTally): number {
  return [...skipped.values()].reduce((sum, count) => sum + count, doneCount + failedCount)
}
