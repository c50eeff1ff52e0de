import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { allowed, enforce } from '@/lib/policy/enforce'
import { mayUseProperty } from '@/lib/policy/property-protection'
import { imageTarget, type PolicyTarget } from '@/lib/policy/targets'
import { imageNotFound, requireReadable, visibleImage } from './get-image'
import { type Image, type ImageLocation, visibilities } from './image'
import { changeImage, type ImageChange, untilUnchanged } from './image-repo'
import {
  attributeKind,
  checkMinimum,
  checkName,
  checkProperty,
  checkQuota,
  checkTag,
  enforceVisibility,
  readOnly,
  reserved,
} from './image-rules'
import { type InspectedLocation, inspectLocation } from './inspect-location'
import type { PatchDialect, PatchOperation } from './json-patch'
import { newClaim } from './location-repo'
import { LocationsDraft } from './locations-draft'
import { removeCondemned } from './remove-condemned'
import { withinStorageQuota } from './storage-quota'
import { validateImageValues } from './validate-document'
import { withoutHidden } from './visibility'

export interface PatchOptions {
  readonly dialect: PatchDialect
  /** attributes and properties as the caller saw them last, null for what was not there; others may be anything */
  readonly expected?: Readonly<Record<string, ExpectedValue>>
}

export type ExpectedValue = string | number | boolean | readonly string[] | null

/** Who may not see the image is refused a change of its visibility as such, if that comes first. Source: policy.md 7. */
async function readableForPatch(ctx: RequestContext, id: string, patch: readonly PatchOperation[]): Promise<Image> {
  const image = await visibleImage(ctx, id)
  const target = imageTarget(image)
  if (!allowed(ctx, 'get_image', target)) enforceFirst(ctx, patch, target)
  requireReadable(ctx, image)
  return image
}

/** Glance goes from operation to operation, and asks for the visibility before it asks for changes at all. */
function enforceFirst(ctx: RequestContext, [first]: readonly PatchOperation[], target: PolicyTarget): void {
  const { path = [], value } = first ?? {}
  if (path[0] === 'visibility' && (value === 'public' || value === 'community')) enforceVisibility(ctx, value, target)
}

/**
 * Applies JSON patch operations as one change: all or none, and a change that another request makes meanwhile is
 * never lost. Throws the errors of images.md 6.4, and `conflict` when others change the image all the time or a property
 * is not as `expected`.
 */
export async function patchImage(
  ctx: RequestContext,
  id: string,
  patch: readonly PatchOperation[],
  options: PatchOptions,
): Promise<Image> {
  const image = await readableForPatch(ctx, id, patch)
  for (const operation of patch) validateOperation(operation)
  // Locations have rules of their own.
  const isAboutMore = patch.length === 0 || patch.some(({ path }) => path[0] !== 'locations')
  enforceFirst(ctx, patch, imageTarget(image))
  if (isAboutMore) enforce(ctx, 'modify_image', imageTarget(image))
  if (patch.length === 0) return image
  const { memberId } = image
  const inspect = rememberingInspection(ctx)
  const by = actorOf(ctx)
  const claimId = newClaim()
  const changed = await untilUnchanged(id, async (current) => {
    refuseUnexpected(withoutHidden(ctx, current.image), options.expected ?? {})
    const draft = new PatchDraft(ctx, { image: { ...current.image, memberId }, dialect: options.dialect, inspect })
    for (const operation of patch) await draft.apply(operation)
    const { set, locations } = draft.finish()
    const { ownerId, sizeBytes } = current.image
    const added = (locations?.length ?? 0) - current.image.locations.length
    const addedBytes = Math.max(0, added) * (set.sizeBytes ?? sizeBytes ?? 0)
    const after = await withinStorageQuota({ ownerId, addedBytes }, (tx) =>
      changeImage(tx, id, {
        revision: current.revision,
        set,
        ...(locations && { locations: { all: locations, claimId } }),
        note: { by, was: current.image },
      }),
    )
    return after === 'conflict' ? after : { before: current.image, after, locations }
  })
  if (changed === 'gone') throw imageNotFound(id)
  const { before, after, locations } = changed
  const kept = new Set(after.locations.map((location) => location.id))
  const condemned = locations === undefined ? [] : before.locations.filter((location) => !kept.has(location.id))
  await removeCondemned({ by, log: ctx.log, imageId: id, claimId }, condemned)
  const shown = locations && { locations: withValidationData(after.locations, locations) }
  return withoutHidden(ctx, { ...after, memberId, ...shown })
}

function refuseUnexpected(image: Image, expected: Readonly<Record<string, ExpectedValue>>): void {
  const changed = Object.entries(expected).filter(
    ([name, value]) => JSON.stringify(presentValue(image, name)) !== JSON.stringify(value),
  )
  if (changed.length === 0) return
  const names = changed.map(([name]) => name).join(', ')
  throw apiError('conflict', { public: `Somebody else has changed the image meanwhile: ${names}` })
}

/** Properties cannot have the name of an attribute. */
function presentValue(image: Image, name: string): ExpectedValue {
  return Object.hasOwn(attributes, name) ? (attributes[name]?.(image) ?? null) : (image.properties[name] ?? null)
}

const attributes: Readonly<Record<string, (image: Image) => ExpectedValue>> = {
  name: (image) => image.name,
  visibility: (image) => image.visibility,
  protected: (image) => image.isProtected,
  os_hidden: (image) => image.isHidden,
  min_disk: (image) => image.minDiskGib,
  min_ram: (image) => image.minRamMib,
  owner: (image) => image.ownerId,
  disk_format: (image) => image.diskFormat,
  container_format: (image) => image.containerFormat,
  tags: (image) => image.tags,
}

type Inspect = (url: string) => Promise<InspectedLocation>

/** Asks for each URL once, however often others change the image meanwhile. */
function rememberingInspection({ log }: RequestContext): Inspect {
  const known = new Map<string, InspectedLocation>()
  return async (url) => {
    const found = known.get(url) ?? (await inspectLocation(url, log))
    known.set(url, found)
    return found
  }
}

type Locations = ReturnType<LocationsDraft['finish']>['locations']

/** The client reads back what it sent; nobody else does. */
function withValidationData(stored: readonly ImageLocation[], sent: NonNullable<Locations>): ImageLocation[] {
  return stored.map((location, index) => {
    const validationData = sent[index]?.validationData
    return validationData === undefined ? location : { ...location, validationData }
  })
}

/** Every operation is looked at before any is applied. Source: images.md 6.2. */
function validateOperation(operation: PatchOperation): void {
  const name = operation.path[0] ?? ''
  const kind = attributeKind(name)
  if (kind === 'reserved') throw reserved(name, 'explanation')
  if (kind === 'service' && name !== 'stores') throw readOnly(name)
  if (kind === 'service' && operation.op === 'add') throw readOnly(name)
  if (operation.op === 'remove' || kind === 'service') return
  // An added location is one element of the list.
  const isElement = name === 'locations' && operation.op === 'add'
  validateImageValues({ [name]: isElement ? [operation.value] : operation.value })
}

const columns = z.object({
  name: z.string().nullish(),
  disk_format: z.string().nullish(),
  container_format: z.string().nullish(),
  visibility: z.enum(visibilities).optional(),
  protected: z.boolean().optional(),
  min_ram: z.number().optional(),
  min_disk: z.number().optional(),
  owner: z.string().nullish(),
  os_hidden: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
})

function conflictOn(name: string, text: string): ApiError {
  return apiError('conflict', { public: `Property ${name} ${text}`, shape: 'detail' })
}

function denied(text: string): ApiError {
  return apiError('forbidden', { public: text, shape: 'detail' })
}

interface PatchDraftOptions {
  readonly image: Image
  readonly dialect: PatchDialect
  readonly inspect: Inspect
}

/** The change that operations amount to, built up one by one on what the image was. */
class PatchDraft {
  private readonly image: Image
  private readonly dialect: PatchDialect
  readonly #locations: LocationsDraft
  readonly #properties: Map<string, string>
  readonly #set: { -readonly [Key in keyof ImageChange]: ImageChange[Key] } = {}
  #touchesProperties = false
  #addedProperty = false

  constructor(
    private readonly ctx: RequestContext,
    { image, dialect, inspect }: PatchDraftOptions,
  ) {
    this.image = image
    this.dialect = dialect
    this.#properties = new Map(Object.entries(image.properties))
    const formats = () => {
      const { diskFormat = image.diskFormat, containerFormat = image.containerFormat } = this.#set
      return { diskFormat, containerFormat }
    }
    this.#locations = new LocationsDraft(ctx, { image, formats, inspect })
  }

  async apply(operation: PatchOperation): Promise<void> {
    const name = operation.path[0] ?? ''
    if (name === 'locations') return await this.#locations.apply(operation)
    if (name === 'stores') throw conflictOn(name, 'does not exist.')
    if (attributeKind(name) === 'custom') this.#applyCustom(operation, name)
    else this.#applyBase(operation, name)
  }

  /** The whole change; quotas count at the end, and only when something was added. */
  finish(): ReturnType<LocationsDraft['finish']> {
    if (this.#touchesProperties) {
      if (this.#addedProperty) checkQuota('properties', this.#properties.size)
      this.#set.properties = Object.fromEntries(this.#properties)
    }
    const { set, locations } = this.#locations.finish()
    return { set: { ...this.#set, ...set }, ...(locations && { locations }) }
  }

  #applyCustom(operation: PatchOperation, name: string): void {
    const exists = this.#properties.has(name)
    const isSeen = exists && mayUseProperty(this.ctx, name, 'read')
    if (operation.op === 'add' && isSeen && this.dialect === 'v2.0') throw conflictOn(name, 'already present.')
    if (operation.op !== 'add' && !isSeen) throw conflictOn(name, 'does not exist.')
    // One that is there and hidden is not created, as the original thinks: that would overwrite it.
    const action = operation.op === 'remove' ? 'delete' : exists ? 'update' : 'create'
    if (!mayUseProperty(this.ctx, name, action)) throw reserved(name, 'explanation')
    this.#touchesProperties = true
    // Only the AMI ids may be null, which means absent.
    if (operation.op === 'remove' || operation.value === null) {
      this.#properties.delete(name)
      return
    }
    const value = z.string().parse(operation.value)
    checkProperty(name, value)
    this.#addedProperty ||= !exists
    this.#properties.set(name, value)
  }

  #applyBase(operation: PatchOperation, name: string): void {
    if (operation.op === 'remove') throw denied(`Property ${name} may not be removed.`)
    if (operation.op === 'add' && this.dialect === 'v2.0') throw conflictOn(name, 'already present.')
    const value = columns.parse({ [name]: operation.value })
    switch (name) {
      case 'name':
        checkName(value.name ?? null)
        this.#set.name = value.name ?? null
        return
      case 'disk_format':
        this.#refuseFormat(name)
        this.#set.diskFormat = value.disk_format ?? null
        return
      case 'container_format':
        this.#refuseFormat(name)
        this.#set.containerFormat = value.container_format ?? null
        return
      case 'visibility':
        // Also when it stays what it is, as in the original.
        if (value.visibility !== undefined) {
          enforceVisibility(this.ctx, value.visibility, imageTarget(this.image))
          this.#set.visibility = value.visibility
        }
        return
      case 'owner':
        this.#setOwner(value.owner ?? null)
        return
      case 'protected':
        this.#set.isProtected = value.protected ?? false
        return
      case 'os_hidden':
        this.#set.isHidden = value.os_hidden ?? false
        return
      case 'min_ram':
        this.#set.minRamMib = checkMinimum('min_ram', value.min_ram ?? 0)
        return
      case 'min_disk':
        this.#set.minDiskGib = checkMinimum('min_disk', value.min_disk ?? 0)
        return
      default:
        this.#setTags(value.tags ?? [])
    }
  }

  #refuseFormat(name: string): void {
    const { status } = this.#locations
    if (status === 'queued' || status === 'importing') return
    throw apiError('forbidden', { public: `Attribute ${name} can be only replaced for a queued image.` })
  }

  #setOwner(ownerId: string | null): void {
    if (!allowed(this.ctx, 'context_is_admin', imageTarget(this.image))) {
      throw denied("Owner can't be updated by non admin.")
    }
    this.#set.ownerId = ownerId
  }

  #setTags(tags: readonly string[]): void {
    const unique = [...new Set(tags)]
    for (const tag of unique) checkTag(tag)
    checkQuota('tags', unique.length)
    this.#set.tags = unique
  }
}
