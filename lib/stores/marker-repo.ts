import { db } from '@/lib/db/client'
import { now } from '@/lib/runtime/clock'
import type { MarkerBook } from './drivers/filesystem/share-marker'

/** The markers of shares in the database: every node knows them, and a restart does not forget them. */
export const markerBook: MarkerBook = {
  async recall(storeId, folder) {
    return (await db().setting.findUnique({ where: { name: nameOf(storeId, folder) } }))?.value
  },
  async record(storeId, folder, marker) {
    const name = nameOf(storeId, folder)
    const row = { name, value: marker, updatedAt: now() }
    await db().setting.upsert({ where: { name }, create: row, update: {} })
  },
}

function nameOf(storeId: string, folder: string): string {
  return `store-marker:${storeId}:${folder}`
}
