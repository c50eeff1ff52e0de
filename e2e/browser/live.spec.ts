import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant } from './support/tenant'

const run = `live${Date.now().toString(36)}`
let api: ImageApi
let image: ApiImage

test.beforeAll(async () => {
  api = await ImageApi.asAdmin()
  image = await api.create({ name: `${run}-a`, disk_format: 'raw', container_format: 'bare', tags: [run] })
})
test.afterAll(() => api.remove(image.id))
test.beforeEach(async ({ page }) => signIn(page))

/** The page has its stream; what happens before is in the page already or comes after. */
const streaming = (page: Page) => page.waitForResponse((response) => response.url().includes('/api/ui/events'))

/** Opens a list with its stream; what the page asks once the stream is there is answered too. */
async function openList(page: Page, path: string): Promise<void> {
  const connected = streaming(page)
  await open(page, path)
  await connected
  await page.waitForLoadState('networkidle')
}
const pill = (page: Page) => page.getByRole('button', { name: / new – show$/ })
const rowNames = (page: Page) => page.locator('tr[data-id] a').allTextContents()

test('rows change where they stand; what is new waits behind a pill', async ({ page }) => {
  await openList(page, `/images?tag=${run}&sort=name`)
  const grid = page.getByRole('grid')
  const row = grid.locator(`tr[data-id="${image.id}"]`)
  const place = await row.boundingBox()
  await api.replace(image.id, '/name', `${run}-b`)
  await expect(row.getByRole('link', { name: `${run}-b` })).toBeVisible()
  // By its name it would stand above.
  const first = await api.create({ name: `${run}-0`, tags: [run] })
  await expect(pill(page)).toHaveText('1 new – show')
  const second = await api.create({ name: `${run}-c`, tags: [run] })
  await expect(pill(page)).toHaveText('2 new – show')
  await expect(page.getByRole('status').filter({ has: pill(page) })).toHaveCount(1)
  const other = await api.create({ name: `${run}-other`, tags: [`${run}-other`] })
  // The frame reads the page anew for its count of offers.
  const reread = page.waitForResponse((response) => response.url().includes('_rsc='))
  await api.replace(image.id, '/visibility', 'shared')
  await api.addMember(image.id, '0123456789abcdef0123456789abcdef')
  await reread
  await expect(row.getByText('shared')).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(await rowNames(page)).toEqual([`${run}-b`])
  expect(await row.boundingBox()).toEqual(place)
  await expect(pill(page)).toHaveText('2 new – show')
  await expectAccessible(page)

  await pill(page).press('Enter')
  await expect(pill(page)).toBeHidden()
  await expect.poll(() => rowNames(page)).toEqual([`${run}-0`, `${run}-b`, `${run}-c`])
  await expect(grid.getByRole('link', { name: `${run}-0` })).toBeFocused()

  // What somebody else deletes keeps its place too, and nothing can be done with it.
  await api.remove(first.id)
  const gone = grid.locator(`tr[data-id="${first.id}"]`)
  await expect(gone.getByText('no longer there')).toBeVisible()
  await expect(gone.getByRole('button')).toHaveCount(0)
  await expect(gone.getByRole('checkbox')).toBeDisabled()
  expect(await rowNames(page)).toEqual([`${run}-0`, `${run}-b`, `${run}-c`])
  await expectAccessible(page)

  // A deed of the reader's shows all as it is now.
  await grid.getByRole('button', { name: `Actions for ${run}-b` }).click()
  await page.getByRole('menuitem', { name: 'Protect' }).click()
  await expect.poll(() => rowNames(page)).toEqual([`${run}-b`, `${run}-c`])
  await api.replace(image.id, '/protected', false)
  for (const { id } of [second, other]) await api.remove(id)
})

test('the pill leads from a later page to the first, and counts no further than 99', async ({ page }) => {
  const tag = `${run}-many`
  const make = () => api.create({ name: tag, tags: [tag] })
  const made = [...(await Promise.all(Array.from({ length: 30 }, make)))]
  await openList(page, `/images?tag=${tag}&n=25`)
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  await expect(page.locator('tr[data-id]')).toHaveCount(5)
  // Where the list does not begin, too, and the images of the moment before are no news.
  await expect(pill(page)).toBeHidden()
  for (let index = 0; index < 4; index++) made.push(...(await Promise.all(Array.from({ length: 26 }, make))))
  await expect(pill(page)).toHaveText('99+ new – show')
  await expect(page.locator('tr[data-id]')).toHaveCount(5)
  await pill(page).click()
  await expect(page.locator('tr[data-id]')).toHaveCount(25)
  await expect(page).not.toHaveURL(/after=/)
  await expect(pill(page)).toBeHidden()
  for (const { id } of made) await api.remove(id)
})

test('on a phone the pill floats above the cards; others see nothing of what is not theirs', async ({ page }) => {
  const tenant = await createTenant('live')
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(page, tenant.person)
  const tag = `${run}-phone`
  const old = await tenant.api.create({ name: `${tag}-old`, tags: [tag] })
  await openList(page, `/images?tag=${tag}`)
  const card = page.locator(`tr[data-id="${old.id}"]`)
  const place = await card.boundingBox()
  const hidden = await api.create({ name: `${tag}-hidden`, tags: [tag] })
  const shown = await tenant.api.create({ name: `${tag}-new`, tags: [tag] })
  await expect(pill(page)).toHaveText('1 new – show')
  expect(await card.boundingBox()).toEqual(place)
  await expectAccessible(page)
  await pill(page).click()
  await expect.poll(() => rowNames(page)).toEqual([`${tag}-new`, `${tag}-old`])
  for (const { id } of [old, shown]) await tenant.api.remove(id)
  await api.remove(hidden.id)
  await tenant.remove()
})

test('the page of an image follows its upload from elsewhere', async ({ page }) => {
  const connected = streaming(page)
  await open(page, `/images/${image.id}`)
  await connected
  const head = page.locator('header', { has: page.getByRole('heading', { level: 1 }) })
  await expect(head.getByText('queued', { exact: true })).toBeVisible()
  await api.upload(image.id, Buffer.from('bytes'))
  await expect(head.getByText('active', { exact: true })).toBeVisible()
})
