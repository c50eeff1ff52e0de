'use server'

import { z } from 'zod'
import { listSearch, parseListSearch } from '@/components/table/list-url'
import { apiError } from '@/lib/errors/api-error'
import { removeView, saveView } from '@/lib/images/saved-views'
import { action } from '@/lib/session/action'
import { catalogSpec } from './load-catalog'

/** What the list does not understand is not kept: whoever opens the view later would be told so each time. */
export const saveViewAction = action(
  z.object({ name: z.string().max(255), search: z.string().max(16_384), isShared: z.boolean() }),
  async (ctx, { search, ...view }) => {
    const spec = catalogSpec(ctx)
    const { state, dropped } = parseListSearch(new URLSearchParams(search), spec)
    if (dropped.length > 0) throw apiError('bad_request')
    const place = { after: null, before: null, peek: null }
    await saveView(ctx, { ...view, search: listSearch({ ...state, ...place }, spec) })
    return null
  },
)

export const removeViewAction = action(z.object({ id: z.string() }), async (ctx, { id }) => {
  await removeView(ctx, id)
  return null
})
