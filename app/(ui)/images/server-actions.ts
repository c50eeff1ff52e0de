'use server'

import { z } from 'zod'
import { bulkStepMax } from '@/components/images/bulk-act'
import { deactivateImage, reactivateImage } from '@/lib/images/deactivate-image'
import { parsePatch } from '@/lib/images/json-patch'
import { patchImage } from '@/lib/images/patch-image'
import { action } from '@/lib/session/action'
import { planBulk, runBulk } from './bulk'
import { actSchema } from './bulk-schema'

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly(), z.null()])
const stepSchema = z.object({
  op: z.enum(['add', 'replace', 'remove']),
  path: z.string(),
  value: valueSchema.optional(),
})

export const patch = action(
  z.object({
    imageId: z.string(),
    steps: z.array(stepSchema).readonly(),
    expected: z.record(z.string(), valueSchema).optional(),
  }),
  async (ctx, { imageId, steps, expected }) => {
    await patchImage(ctx, imageId, parsePatch(steps, 'v2.1'), { dialect: 'v2.1', ...(expected && { expected }) })
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

/** What can be marked by hand. */
const IMAGES_MAX = 1000
const targetSchema = (imagesMax: number) =>
  z.union([
    z.strictObject({ imageIds: z.array(z.string()).min(1).max(imagesMax).readonly() }),
    z.strictObject({ search: z.string().max(16_384) }),
  ])

export const planActs = action(z.object({ act: actSchema, target: targetSchema(IMAGES_MAX) }), (ctx, { act, target }) =>
  planBulk(ctx, act, target),
)

export const runActs = action(
  z.object({
    act: actSchema,
    target: targetSchema(bulkStepMax),
    after: z.string().max(1000).optional(),
    runId: z.string().max(64).optional(),
  }),
  (ctx, { act, ...part }) => runBulk(ctx, act, part),
)
