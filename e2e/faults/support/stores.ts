// Stores as clients see them: what they are shown, and whether they take data.
import { expect } from 'vitest'
import { z } from 'zod'
import { type Client, imageBytes } from './client'

const storesSchema = z.object({
  stores: z.array(
    z.looseObject({ id: z.string(), 'read-only': z.string().optional(), 'health-reason': z.string().optional() }),
  ),
})
/** Headers of an upload to this store. */
export const into = (store: string) => ({ headers: { 'x-image-meta-store': store } })
const settings = {
  GLIMPSE__UPLOADS__LEASE_SECONDS: '3',
  GLIMPSE__STORAGE__DEFAULT_STORE: 'file',
  GLIMPSE__STORAGE__PROBE_SECONDS: '1',
}
/** Of a server with the store `share` on this mount, which notices within a second or two what becomes of it. */
export const shareSettings = (path: string) => ({
  ...settings,
  GLIMPSE__STORES__SHARE__TYPE: 'filesystem',
  GLIMPSE__STORES__SHARE__PATH: path,
  GLIMPSE__STORES__SHARE__MOUNT: 'true',
  GLIMPSE__STORES__SHARE__CALL_TIMEOUT_SECONDS: '2',
})

/** How a store is shown, to everybody and to administrators. */
export async function shown(client: Client, id: string): Promise<{ isReadOnly: boolean; reason: string | undefined }> {
  const find = async (path: string) => {
    const { stores } = storesSchema.parse(JSON.parse((await client.read(path)).text))
    return stores.find((store) => store.id === id)
  }
  const look = async () => [await find('/v2/info/stores'), await find('/v2/info/stores/detail')] as const
  let [summary, detail] = await look()
  // A probe may have ended between the two.
  if (detail?.['read-only'] !== summary?.['read-only']) [summary, detail] = await look()
  expect(detail?.['read-only']).toBe(summary?.['read-only'])
  expect(summary).not.toHaveProperty('health-reason')
  return { isReadOnly: summary?.['read-only'] === 'true', reason: detail?.['health-reason'] }
}

/** Whether everybody is shown that it takes no data. */
export const isReadOnly = async (client: Client, id: string) => (await shown(client, id)).isReadOnly

/** Works as if nothing had happened. */
export async function isWell(client: Client, store: string): Promise<void> {
  const bytes = imageBytes()
  const id = await client.created()
  expect(await client.put(id, bytes, into(store))).toMatchObject({ status: 204 })
  await client.verify(id, bytes)
  expect(await client.delete(id)).toMatchObject({ status: 204 })
}

/** An active image in this store; its id. */
export async function storedIn(client: Client, store: string, bytes: Buffer): Promise<string> {
  const id = await client.created()
  expect(await client.put(id, bytes, into(store))).toMatchObject({ status: 204 })
  return id
}
