'use server'

import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { createImage } from '@/lib/images/create-image'
import { deleteImage } from '@/lib/images/delete-image'
import { visibilities } from '@/lib/images/image'
import { attributeKind } from '@/lib/images/image-rules'
import { previewRemoteImage } from '@/lib/imports/preview-remote'
import { previewSource } from '@/lib/imports/preview-source'
import { requestImport } from '@/lib/imports/request-import'
import { action } from '@/lib/session/action'
import { dashboardSession } from '@/lib/session/dashboard-context'
import { tokenForWork } from '@/lib/session/session'

const inputSchema = z.object({
  name: z.string(),
  diskFormat: z.string().nullable(),
  containerFormat: z.string().nullable(),
  visibility: z.enum(visibilities),
  minDiskGib: z.number(),
  minRamMib: z.number(),
  isProtected: z.boolean(),
  tags: z.array(z.string()).readonly(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })).readonly(),
})

/** Registers an image, queued until its data comes, through the same use-case as POST /v2/images. */
export const createImageAction = action(inputSchema, async (ctx, input) => ({ imageId: await register(ctx, input) }))

export const previewUrlAction = action(z.object({ url: z.string().min(1).max(2048) }), (ctx, { url }) =>
  previewSource(ctx, url),
)

const digestSchema = z.object({ algorithm: z.enum(['md5', 'sha256', 'sha512']), value: z.string() })
const importSchema = inputSchema.extend({
  storeIds: z.array(z.string()).min(1).readonly(),
  mustSucceed: z.boolean(),
})
const urlSchema = importSchema.extend({ url: z.string().min(1).max(2048), digest: digestSchema.nullable() })

export const createFromUrlAction = action(urlSchema, async (ctx, { url, digest, ...input }) => {
  const expected = digest === null ? {} : { os_hash_algo: digest.algorithm, os_hash_value: digest.value }
  return await createWithImport(ctx, input, { method: { name: 'web-download', uri: url, ...expected } })
})

const remoteSchema = z.object({ region: z.string().min(1).max(255), imageId: z.string().min(1).max(255) })

export const previewRemoteAction = action(remoteSchema, async (ctx, remote) => {
  const token = (await dashboardSession())?.scopedToken
  if (token == null) throw apiError('unauthorized')
  return await previewRemoteImage(ctx, remote, token)
})

export const createFromRegionAction = action(
  importSchema.extend(remoteSchema.shape),
  async (ctx, { region, imageId, ...input }) => {
    const session = await dashboardSession()
    if (session === undefined) throw apiError('unauthorized')
    const method = { name: 'glance-download', glance_region: region, glance_image_id: imageId.trim() }
    const token = await tokenForWork(session, ctx.principal.projectId ?? '')
    return await createWithImport(ctx, input, { method, token })
  },
)

interface Import {
  readonly method: Readonly<Record<string, string>>
  readonly token?: string
}

/** Registers an image and asks for its import; where that is refused there is no image either. */
async function createWithImport(
  ctx: RequestContext,
  { storeIds, mustSucceed, ...input }: z.output<typeof importSchema>,
  { method, token }: Import,
): Promise<{ readonly imageId: string }> {
  const imageId = await register(ctx, input)
  try {
    await requestImport(ctx, imageId, { method, stores: storeIds, all_stores_must_succeed: mustSucceed }, { token })
  } catch (error) {
    await deleteImage(ctx, imageId).catch((failure: unknown) =>
      ctx.log.warn({ err: failure, imageId }, 'an image whose import was refused could not be removed'),
    )
    throw error
  }
  return { imageId }
}

async function register(ctx: RequestContext, input: z.output<typeof inputSchema>): Promise<string> {
  for (const { name } of input.properties) {
    if (attributeKind(name) === 'custom') continue
    throw apiError('attribute_reserved', { public: `${name} is an attribute of its own, not a property.` })
  }
  const image = await createImage(ctx, {
    ...Object.fromEntries(input.properties.map(({ name, value }) => [name, value])),
    ...(input.name !== '' && { name: input.name }),
    ...(input.diskFormat !== null && { disk_format: input.diskFormat }),
    ...(input.containerFormat !== null && { container_format: input.containerFormat }),
    visibility: input.visibility,
    min_disk: input.minDiskGib,
    min_ram: input.minRamMib,
    protected: input.isProtected,
    tags: input.tags,
  })
  return image.id
}
