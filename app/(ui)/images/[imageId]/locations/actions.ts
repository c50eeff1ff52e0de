'use server'

import { z } from 'zod'
import { deleteFromStore } from '@/lib/images/delete-from-store'
import { requestImport } from '@/lib/imports/request-import'
import { action } from '@/lib/session/action'

const STORES_MAX = 100

export const copyToStores = action(
  z.object({ imageId: z.string(), storeIds: z.array(z.string()).min(1).max(STORES_MAX).readonly() }),
  async (ctx, { imageId, storeIds }) => {
    // One store that fails must not take the others' copies with it.
    const body = { method: { name: 'copy-image' }, stores: storeIds, all_stores_must_succeed: false }
    await requestImport(ctx, imageId, body)
    return null
  },
)

export const removeFromStore = action(
  z.object({ imageId: z.string(), storeId: z.string() }),
  async (ctx, { imageId, storeId }) => {
    await deleteFromStore(ctx, imageId, storeId)
    return null
  },
)
