import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { db } from './client'
import { openTestDatabase, testFlavours } from './test-database'

describe.each(testFlavours())('openTestDatabase on %s', (flavour) => {
  it('gives an empty migrated database as the process client, and removes it', async () => {
    const test = await openTestDatabase(flavour)
    expect(db()).toBe(test.db)
    expect(await db().image.count()).toBe(0)
    expect(test.config.databaseUrl).toBe(test.url)
    await test.close()
    expect(existsSync(test.folder)).toBe(false)
  })
})
