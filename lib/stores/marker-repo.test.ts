import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { markerBook } from './marker-repo'

describe.each(testFlavours())('the book of markers on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(() => database.close())

  it('remembers the first marker of each folder, also when several nodes tell one at once', async () => {
    expect(await markerBook.recall('share', '/mnt/a')).toBeUndefined()
    await Promise.all(['x', 'y', 'z'].map((marker) => markerBook.record('share', '/mnt/a', marker)))
    const first = await markerBook.recall('share', '/mnt/a')
    expect(['x', 'y', 'z']).toContain(first)
    await markerBook.record('share', '/mnt/a', 'later')
    await markerBook.record('share', '/mnt/b', 'other')
    expect(await markerBook.recall('share', '/mnt/a')).toBe(first)
    expect(await markerBook.recall('share', '/mnt/b')).toBe('other')
    expect(await markerBook.recall('second', '/mnt/a')).toBeUndefined()
  })
})
