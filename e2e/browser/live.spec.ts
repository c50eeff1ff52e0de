import { expect, type Page, test } from '@playwright/test'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'

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

test('the list shows what others change, create and delete, without a reload', async ({ page }) => {
  const connected = streaming(page)
  await open(page, `/images?tag=${run}&sort=name`)
  await connected
  const grid = page.getByRole('grid')
  await api.replace(image.id, '/name', `${run}-b`)
  await expect(grid.getByRole('link', { name: `${run}-b` })).toBeVisible()
  const other = await api.create({ name: `${run}-c`, tags: [run] })
  await expect(grid.getByRole('link', { name: `${run}-c` })).toBeVisible()
  await api.remove(other.id)
  await expect(grid.getByRole('link', { name: `${run}-c` })).toBeHidden()
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
