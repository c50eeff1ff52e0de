import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestDatabase } from '@/lib/db/test-database'
import { newId } from '@/lib/runtime/ids'

/** Settings of two file stores for tests: `fast` weighs more, `slow` is the default. */
export const twoStores = {
  GLIMPSE__STORES__SLOW__TYPE: 'filesystem',
  GLIMPSE__STORES__SLOW__PATH: 'slow',
  GLIMPSE__STORES__FAST__TYPE: 'filesystem',
  GLIMPSE__STORES__FAST__PATH: 'fast',
  GLIMPSE__STORES__FAST__WEIGHT: '10',
  GLIMPSE__STORAGE__DEFAULT_STORE: 'slow',
} as const

/**
 * An image of project `mine` whose data, the store's id, lies as a file in each of these stores' folders; a store may
 * be named twice. The first file in a store has the image's id as its name.
 */
export async function insertStoredImage(
  { db, folder }: TestDatabase,
  storeIds: readonly string[],
  { status = 'active', visibility = 'shared' } = {},
): Promise<string> {
  const id = newId()
  const time = new Date()
  await db.image.create({
    data: { id, status, visibility, ownerId: 'mine', sizeBytes: 4, createdAt: time, updatedAt: time },
  })
  for (const [position, storeId] of storeIds.entries()) {
    const path = join(folder, storeId, storeIds.indexOf(storeId) === position ? id : newId())
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, storeId)
    const place = { id: newId(), imageId: id, storeId, url: `file://${path}`, metadata: { store: storeId } }
    await db.imageLocation.create({ data: { ...place, state: 'active', position, createdAt: time } })
  }
  return id
}
