import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import Database from 'better-sqlite3'
import { seedImages } from '../load/seed.mjs'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

const total = 100_000
const perPage = 50
/** Longer means that something looks at every image. The figures are printed; a busy machine has others than a quiet one. */
const patienceMs = 10_000
const folder = process.env.GLIMPSE_TEST_DATA_FOLDER ?? ''
let tenant: Tenant
let first = 0

test.beforeAll(async () => {
  test.setTimeout(180_000)
  tenant = await createTenant('many')
  const database = new Database(join(folder, 'glimpse.db'), { readonly: true })
  const row = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM "Image"').get()
  database.close()
  first = row?.n ?? 0
  seedImages({ folder, ownerId: tenant.projectId, total: first + total })
})

test.afterAll(async () => {
  // A hundred thousand deletions by the API would take longer than all tests.
  const database = new Database(join(folder, 'glimpse.db'))
  database.pragma('foreign_keys = ON')
  database.prepare('DELETE FROM "Image" WHERE "ownerId" = ?').run(tenant.projectId)
  database.close()
  await tenant.remove()
})

const names = (page: Page) => page.getByRole('grid').getByRole('link').allInnerTexts()
const indexes = async (page: Page) => (await names(page)).map((name) => Number(name.replace('image-', '')))

/** How long an act takes until the rows are as wanted, in milliseconds; it is printed. */
async function timed(what: string, act: () => Promise<void>): Promise<void> {
  const start = performance.now()
  await act()
  const ms = Math.round(performance.now() - start)
  console.log(`${what}, of ${total.toLocaleString('en')} images: ${ms} ms`)
  expect(ms, what).toBeLessThan(patienceMs)
}

test('7. 100,000 images: page 1, page 500 by Next, filter by tag, free text: each within budget; rows inserted meanwhile do not repeat or skip', async ({
  page,
}) => {
  test.setTimeout(300_000)
  await signIn(page, tenant.person)
  const last = first + total - 1
  await timed('page 1', async () => {
    await page.goto(`/images?n=${perPage}`)
    await expect(page.getByRole('grid').getByRole('link', { name: `image-${last}`, exact: true })).toBeVisible()
  })
  const serverMs = await page.evaluate(() => {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    return entry === undefined ? -1 : entry.responseStart - entry.requestStart
  })
  console.log(`page 1, first byte: ${Math.round(serverMs)} ms`)
  await page.waitForLoadState('networkidle')

  const seen: number[] = await indexes(page)
  const added: string[] = []
  for (let turn = 1; turn <= 6; turn++) {
    // New images stand before all others in this order: they move no row that is still to come.
    added.push((await tenant.api.create({ name: `added-${turn}` })).id)
    const before = seen.at(-1) ?? 0
    await timed(`page ${turn + 1} by Next`, async () => {
      await page.getByRole('button', { name: 'Next' }).click()
      await expect(page.getByRole('grid').getByRole('link', { name: `image-${before - 1}`, exact: true })).toBeVisible()
    })
    seen.push(...(await indexes(page)))
  }
  expect(seen).toEqual(Array.from({ length: 7 * perPage }, (_, index) => last - index))

  // Page 499 as its address would say it, and from there on by Next.
  const edge = new Database(join(folder, 'glimpse.db'), { readonly: true })
    .prepare<[string], { id: string; createdAt: string }>('SELECT "id", "createdAt" FROM "Image" WHERE "name" = ?')
    .get(`image-${last + 1 - 498 * perPage}`)
  const cursor = Buffer.from(JSON.stringify([Date.parse(edge?.createdAt ?? ''), edge?.id])).toString('base64url')
  await open(page, `/images?n=${perPage}&after=${cursor}`)
  await expect(
    page.getByRole('grid').getByRole('link', { name: `image-${last - 498 * perPage}`, exact: true }),
  ).toBeVisible()
  await timed('page 500 by Next', async () => {
    await page.getByRole('button', { name: 'Next' }).click()
    const name = `image-${last - 499 * perPage}`
    await expect(page.getByRole('grid').getByRole('link', { name, exact: true })).toBeVisible()
  })

  const filter = page.getByRole('combobox', { name: 'Filter or search images' })
  const narrow = async (text: string) => {
    await open(page, '/images')
    await filter.fill(text)
    await filter.press('Enter')
  }
  const searches: readonly (readonly [string, string, string])[] = [
    ['filter by tag', 'tag:group-7', `image-${last - ((last - 7) % 500)}`],
    ['free text that one image has', `image-${first + 4321}`, `image-${first + 4321}`],
    ['free text that all have', 'image-', `image-${last}`],
    ['free text that an eighth has', 'debian', `image-${last - (last % 8)}`],
  ]
  for (const [what, text, name] of searches) {
    await open(page, '/images')
    await filter.fill(text)
    await timed(what, async () => {
      await filter.press('Enter')
      await page.waitForURL(/[?&](tag|q)=/)
      await expect(page.getByRole('grid').getByRole('link', { name, exact: true })).toBeVisible()
    })
  }
  await narrow('no such words')
  await expect(page.getByRole('heading', { name: 'No image matches' })).toBeVisible()
  for (const id of added) await tenant.api.remove(id)
})
