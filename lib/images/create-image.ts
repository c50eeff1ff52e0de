import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { db, type Tx } from '@/lib/db/client'
import { isUniqueViolation } from '@/lib/db/errors'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { allowed, enforce } from '@/lib/policy/enforce'
import { mayUseProperty } from '@/lib/policy/property-protection'
import { newImageTarget } from '@/lib/policy/targets'
import { inQuotaTransaction, type Quota, quotaOf, refuseOver } from '@/lib/quota/quota'
import { nowToTheSecond } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { type Image, visibilities } from './image'
import { findImage, insertImage } from './image-repo'
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
import { validateImageValues } from './validate-document'
import { withoutHidden } from './visibility'

const linkAttributes = ['direct_url', 'self', 'file', 'schema', 'stores']

/** Shapes that validateImageValues has made sure of. */
const valuesSchema = z.object({
  id: z.string().optional(),
  name: z.string().nullish(),
  owner: z.string().nullish(),
  visibility: z.enum(visibilities).default('shared'),
  disk_format: z.string().nullish(),
  container_format: z.string().nullish(),
  min_ram: z.number().default(0),
  min_disk: z.number().default(0),
  protected: z.boolean().default(false),
  os_hidden: z.boolean().default(false),
  tags: z.array(z.string()).default([]),
})

/** What belongs into the transaction that registers an image. */
export interface Accompaniment {
  /** properties of the service's own that the image has from the start */
  readonly properties: Readonly<Record<string, string>>
  run(tx: Tx, image: Image): Promise<void>
}

/**
 * Registers an image from the document of POST /v2/images; the checks come in Glance's order (images.md 3.2).
 * Throws `bad_request`, `attribute_read_only`, `attribute_reserved`, `forbidden`, `policy_denied`, `quota_exceeded`,
 * `image_exists`.
 */
export async function createImage(ctx: RequestContext, document: unknown, more?: Accompaniment): Promise<Image> {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw apiError('bad_request', { public: 'Unexpected body type. Expected list/dict.' })
  }
  const given: Readonly<Record<string, unknown>> = { ...document }
  for (const name of linkAttributes) if (Object.hasOwn(given, name)) throw readOnly(name)
  validateImageValues(given, { isWhole: true })
  const values = valuesSchema.parse(given)
  const properties = customProperties(given)
  for (const name of Object.keys(given)) {
    if (attributeKind(name) === 'reserved' || name === 'locations') throw reserved(name, 'detail')
  }
  const ownerId = values.owner === undefined ? ctx.principal.projectId : values.owner
  authorize(ctx, ownerId, values.visibility)
  const quota = await quotaOf(ownerId)
  await refuseOver(db(), quota, 'image_count_total', { delta: 1 })
  for (const name of Object.keys(properties)) {
    if (!mayUseProperty(ctx, name, 'create')) throw reserved(name, 'explanation')
  }
  for (const name of Object.keys(given)) {
    if (attributeKind(name) === 'service' && name !== 'id') throw readOnly(name)
  }
  checkName(values.name ?? null)
  const tags = [...new Set(values.tags)]
  for (const tag of tags) checkTag(tag)
  const createdAt = nowToTheSecond().getTime()
  const image: Image = {
    id: (values.id ?? newId()).toLowerCase(),
    name: values.name ?? null,
    status: 'queued',
    visibility: values.visibility,
    ownerId,
    diskFormat: values.disk_format ?? null,
    containerFormat: values.container_format ?? null,
    sizeBytes: null,
    virtualSizeBytes: null,
    checksum: null,
    hashAlgorithm: null,
    hashValue: null,
    minRamMib: checkMinimum('min_ram', values.min_ram),
    minDiskGib: checkMinimum('min_disk', values.min_disk),
    isProtected: values.protected,
    isHidden: values.os_hidden,
    createdAt,
    updatedAt: createdAt,
    tags,
    properties: { ...properties, ...more?.properties },
    locations: [],
    memberId: null,
  }
  checkQuota('properties', Object.keys(properties).length)
  checkQuota('tags', tags.length)
  await insert(ctx, image, { requestedId: values.id, quota, more })
  return withoutHidden(ctx, (await findImage(image.id)) ?? image)
}

function authorize(ctx: RequestContext, ownerId: string | null, visibility: Image['visibility']): void {
  const target = newImageTarget({ ownerId, visibility })
  const isAdmin = allowed(ctx, 'context_is_admin', target)
  if (!isAdmin && ownerId !== ctx.principal.projectId) {
    throw apiError('forbidden', {
      public: `You are not permitted to create images owned by '${ownerId ?? ''}'`,
      shape: 'detail',
    })
  }
  enforce(ctx, 'add_image', target)
  enforceVisibility(ctx, visibility, target)
}

/** Custom properties of a document; null, which only AMI ids may be, means absent. */
function customProperties(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries: [string, string][] = []
  for (const [name, value] of Object.entries(given)) {
    if (attributeKind(name) !== 'custom' || typeof value !== 'string') continue
    checkProperty(name, value)
    entries.push([name, value])
  }
  return Object.fromEntries(entries)
}

interface Insertion {
  readonly requestedId: string | undefined
  readonly quota: Quota | undefined
  readonly more: Accompaniment | undefined
}

async function insert(ctx: RequestContext, image: Image, { requestedId, quota, more }: Insertion): Promise<void> {
  try {
    await inQuotaTransaction(quota, async (tx) => {
      // Others may have made one since the first look, which was early to answer in Glance's order.
      await refuseOver(tx, quota, 'image_count_total', { delta: 1 })
      await insertImage(tx, image, actorOf(ctx))
      await more?.run(tx, image)
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw apiError('image_exists', { public: `Image ID ${requestedId ?? image.id} already exists!`, cause: error })
  }
}
