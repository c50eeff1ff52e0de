import { db } from '@/lib/db/client'
import { isUniqueViolation } from '@/lib/db/errors'
import { now } from '@/lib/runtime/clock'
import type { MarkerBook } from './drivers/filesystem/share-marker'

/** The markers of shares in the database: every node knows them, and a restart does not forget them. */
export const markerBook: MarkerBook = {
  async recall(storeId, folder) {
    return (await db().setting.findUnique({ where: { name: nameOf(storeId, folder) } }))?.value
  },
  async record(storeId, folder, marker) {
    const name = nameOf(storeId, folder)
    // Whoever was first is right, also when several nodes tell one at once.
    await db()
      .setting.create({ data: { name, value: marker, updatedAt: now() } })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error
      })
  },
}

function nameOf(storeId: string, folder: string): string {
  return `store-marker:${storeId}:${folder}`
}
