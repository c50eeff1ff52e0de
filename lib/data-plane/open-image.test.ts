import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { isApiError } from '@/lib/errors/api-error'
import { insertStoredImage, twoStores } from '@/lib/images/test-images'
import { setStores } from '@/lib/stores/registry'
import { type OpenImageOptions, openImage } from './open-image'

const member = contextOf({ roles: ['member', 'reader'] })

describe.each(testFlavours())('openImage of an image in two stores on %s', (flavour) => {
  let database: TestDatabase
  let id = ''

  beforeEach(async () => {
    database = await openTestDatabase(flavour, twoStores)
    setStores(undefined)
    id = await insertStoredImage(database, ['slow', 'fast'])
  })
  afterEach(async () => {
    setStores(undefined)
    await database.close()
  })

  /** The store it is read from and what it gave. */
  async function read(options?: OpenImageOptions): Promise<string[] | 'empty'> {
    const opened = await openImage(member, id, options)
    if (opened.kind === 'empty') return 'empty'
    try {
      const target = Buffer.alloc(100)
      const length = await opened.reader.readInto(target)
      return [opened.storeId, target.toString('utf8', 0, length)]
    } finally {
      await opened.reader.close()
    }
  }

  it('reads from the store that weighs more, or from the preferred one', async () => {
    expect(await read()).toEqual(['fast', 'fast'])
    expect(await read({ preferredStoreIds: ['slow'] })).toEqual(['slow', 'slow'])
    expect(await read({ preferredStoreIds: ['fast', 'slow'] })).toEqual(['fast', 'fast'])
    expect(await read({ preferredStoreIds: ['slow'], range: 'bytes=1-2' })).toEqual(['slow', 'lo'])
  })

  it('reads from the next store when the data is missing in the first, and answers empty when it is in none', async () => {
    rmSync(join(database.folder, 'slow', id))
    expect(await read({ preferredStoreIds: ['slow'] })).toEqual(['fast', 'fast'])
    rmSync(join(database.folder, 'fast', id))
    expect(await read()).toBe('empty')
  })

  it('refuses to prefer a store that is not configured', async () => {
    const refusal = await read({ preferredStoreIds: ['fast', 'nosuch'] }).catch((error: unknown) => error)
    expect(isApiError(refusal) && [refusal.status, refusal.message]).toEqual([400, "Store 'nosuch' is not configured."])
  })
})
