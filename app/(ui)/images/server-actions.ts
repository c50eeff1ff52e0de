'use server'

import { z } from 'zod'
import type { DeleteOutcome } from '@/components/images/view'
import { isApiError } from '@/lib/errors/api-error'
import { auditRefusal } from '@/lib/events/refusals'
import { deactivateImage, reactivateImage } from '@/lib/images/deactivate-image'
import { deleteImage } from '@/lib/images/delete-image'
import { parsePatch } from '@/lib/images/json-patch'
import { patchImage } from '@/lib/images/patch-image'
import { action } from '@/lib/session/action'
import { errorSentence } from '@/lib/session/error-sentence'

const stepSchema = z.object({
  op: z.enum(['add', 'replace', 'remove']),
  path: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]).optional(),
})

export const patch = action(
  z.object({ imageId: z.string(), steps: z.array(stepSchema).readonly() }),
  async (ctx, { imageId, steps }) => {
    await patchImage(ctx, imageId, parsePatch(steps, 'v2.1'), { dialect: 'v2.1' })
    return null
  },
)

export const setActive = action(
  z.object({ imageId: z.string(), isActive: z.boolean() }),
  async (ctx, { imageId, isActive }) => {
    await (isActive ? reactivateImage : deactivateImage)(ctx, imageId)
    return null
  },
)

const IMAGES_MAX = 1000

export const remove = action(
  z.object({ imageIds: z.array(z.string()).max(IMAGES_MAX).readonly() }),
  async (ctx, { imageIds }): Promise<readonly DeleteOutcome[]> => {
    const outcomes: DeleteOutcome[] = []
    for (const imageId of imageIds) {
      try {
        await deleteImage(ctx, imageId)
        outcomes.push({ imageId, isDeleted: true })
      } catch (error) {
        await auditRefusal(ctx, { method: 'DELETE', path: `/images/${imageId}`, imageId }, error)
        if (!isApiError(error)) ctx.log.error({ err: error, imageId }, 'an image could not be deleted')
        outcomes.push({ imageId, isDeleted: false, message: errorSentence(error), requestId: ctx.requestId })
      }
    }
    return outcomes
  },
)
