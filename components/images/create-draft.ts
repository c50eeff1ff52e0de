import type { ImageView, Visibility } from '@/lib/images/view'
import { isAttributeName } from './attribute-names'
import { createTexts } from './create-messages'

export interface PropertyRow {
  /** Tells rows apart while their names change. */
  readonly key: number
  readonly name: string
  readonly value: string
}

/** What the form of a new image holds, as the person typed it. */
export interface CreateDraft {
  readonly name: string
  readonly diskFormat: string | null
  readonly containerFormat: string | null
  readonly visibility: Visibility
  readonly minDiskGib: string
  readonly minRamMib: string
  readonly isProtected: boolean
  readonly tags: readonly string[]
  readonly properties: readonly PropertyRow[]
}

/** The draft as the server takes it. */
export interface CreateInput {
  readonly name: string
  readonly diskFormat: string | null
  readonly containerFormat: string | null
  readonly visibility: Visibility
  readonly minDiskGib: number
  readonly minRamMib: number
  readonly isProtected: boolean
  readonly tags: readonly string[]
  readonly properties: readonly { readonly name: string; readonly value: string }[]
}

/** Problems by field: a name of the draft, or `property-<key>` for a row. */
export type DraftErrors = Readonly<Record<string, string>>

export const emptyDraft: CreateDraft = {
  name: '',
  diskFormat: null,
  containerFormat: 'bare',
  visibility: 'private',
  minDiskGib: '',
  minRamMib: '',
  isProtected: false,
  tags: [],
  properties: [],
}

/** What says something of the old data, or of where it came from, and not of what people call the image. */
const ofDataOnly =
  /^(os_glance_|img_signature|owner_specified\.|image_type$|image_state$|image_location$|base_image_ref$|instance_uuid$|boot_roles$|user_id$|owner_)/

/** Whether a property means nothing to people, or nothing in another place. */
export function isOfDataOnly(name: string): boolean {
  return ofDataOnly.test(name)
}

/** A key that no row has. */
export function nextKey(rows: readonly PropertyRow[]): number {
  return Math.max(0, ...rows.map(({ key }) => key + 1))
}

/** A new version of an image: all that describes it, and none of what its data decides. */
export function draftFrom(image: ImageView, visibilities: readonly Visibility[]): CreateDraft {
  return {
    ...emptyDraft,
    name: image.name ?? '',
    visibility: visibilities.includes(image.visibility) ? image.visibility : emptyDraft.visibility,
    minRamMib: image.minRamMib > 0 ? String(image.minRamMib) : '',
    isProtected: image.isProtected,
    tags: image.tags,
    properties: Object.entries(image.properties)
      .filter(([name]) => !isOfDataOnly(name))
      .map(([name, value], key) => ({ key, name, value })),
  }
}

const numberMax = 2_147_483_647
const nameMax = 255
const { errors: texts } = createTexts

/** What keeps a draft from being sent; empty when nothing does. */
export function draftErrors(draft: CreateDraft): DraftErrors {
  const errors: Record<string, string> = {}
  if ([...draft.name].length > nameMax) errors.name = texts.nameLong
  if (!isCount(draft.minDiskGib)) errors.minDiskGib = texts.number
  if (!isCount(draft.minRamMib)) errors.minRamMib = texts.number
  const seen = new Set<string>()
  for (const { key, name, value } of draft.properties) {
    const trimmed = name.trim()
    if (trimmed === '' && value === '') continue
    const problem =
      trimmed === ''
        ? texts.propertyName
        : isAttributeName(trimmed)
          ? texts.attribute(trimmed)
          : seen.has(trimmed)
            ? texts.twice(trimmed)
            : undefined
    if (problem !== undefined) errors[`property-${key}`] = problem
    seen.add(trimmed)
  }
  return errors
}

/** A draft without errors as the server takes it; rows that hold nothing are left out. */
export function createInput(draft: CreateDraft): CreateInput {
  return {
    name: draft.name.trim(),
    diskFormat: draft.diskFormat,
    containerFormat: draft.containerFormat,
    visibility: draft.visibility,
    minDiskGib: Number(draft.minDiskGib),
    minRamMib: Number(draft.minRamMib),
    isProtected: draft.isProtected,
    tags: draft.tags,
    properties: draft.properties.flatMap(({ name, value }) =>
      name.trim() === '' ? [] : [{ name: name.trim(), value }],
    ),
  }
}

/** Nothing, or a whole number that the API can hold. */
function isCount(text: string): boolean {
  return /^\s*\d*\s*$/.test(text) && Number(text) <= numberMax
}
