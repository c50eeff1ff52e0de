'use server'

import { z } from 'zod'
import { addTag, removeTag } from '@/lib/images/tag-image'
import { action } from '@/lib/session/action'

const tagSchema = z.object({ imageId: z.string(), tag: z.string().min(1) })

export const addTagAction = action(tagSchema, async (ctx, { imageId, tag }) => {
  await addTag(ctx, imageId, tag)
  return null
})

export const removeTagAction = action(tagSchema, async (ctx, { imageId, tag }) => {
  await removeTag(ctx, imageId, tag)
  return null
})
