'use server'

import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import { createImage } from '@/lib/images/create-image'
import { visibilities } from '@/lib/images/image'
import { attributeKind } from '@/lib/images/image-rules'
import { action } from '@/lib/session/action'

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
export const createImageAction = action(inputSchema, async (ctx, input) => {
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
  return { imageId: image.id }
})
