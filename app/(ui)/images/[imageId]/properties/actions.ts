'use server'

import { z } from 'zod'
import type { Conflict } from '@/components/properties/review-dialog'
import { isApiError } from '@/lib/errors/api-error'
import { getImage } from '@/lib/images/get-image'
import type { PatchOperation } from '@/lib/images/json-patch'
import { patchImage } from '@/lib/images/patch-image'
import { loadStandardDefinitions } from '@/lib/metadefs/load-standard'
import { action } from '@/lib/session/action'

const changeSchema = z.object({ name: z.string().min(1), was: z.string().nullable(), value: z.string().nullable() })

/**
 * Changes these properties and no others, unless one of them is not as the reader saw it: then nothing is changed, and
 * the answer tells what each is now.
 */
export const saveProperties = action(
  z.object({ imageId: z.string(), changes: z.array(changeSchema).min(1).max(1000).readonly() }),
  async (ctx, { imageId, changes }): Promise<{ readonly conflicts: readonly Conflict[] }> => {
    const patch = changes.map(({ name, was, value }): PatchOperation => {
      if (value === null) return { op: 'remove', path: [name] }
      return { op: was === null ? 'add' : 'replace', path: [name], value }
    })
    const expected = Object.fromEntries(changes.map(({ name, was }) => [name, was]))
    try {
      await patchImage(ctx, imageId, patch, { dialect: 'v2.1', expected })
      return { conflicts: [] }
    } catch (error) {
      if (!isApiError(error) || error.code !== 'conflict') throw error
      const { properties } = await getImage(ctx, imageId)
      const conflicts = changes.flatMap(({ name, was, value }): Conflict[] => {
        const theirs = properties[name] ?? null
        return theirs === was ? [] : [{ name, theirs, yours: value }]
      })
      // Others change the image all the time; that is not about these values.
      if (conflicts.length === 0) throw error
      return { conflicts }
    }
  },
)

export const loadDefinitionsAction = action(z.object({}), async (ctx): Promise<{ readonly loadedCount: number }> => {
  const results = await loadStandardDefinitions(ctx)
  const refused = results.filter(({ outcome }) => outcome === 'refused')
  if (refused.length > 0) ctx.log.warn({ refused }, 'definition files were refused')
  return { loadedCount: results.filter(({ outcome }) => outcome === 'inserted').length }
})
