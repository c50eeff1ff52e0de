import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'

const run = `cat${Date.now().toString(36)}`
let api: ImageApi
const made: ApiImage[] = []

test.beforeAll(async () => {
  api = await ImageApi.asAdmin()
  for (let index = 0; index < 30; index++) {
    const number = String(index).padStart(2, '0')
    made.push(
      await api.create({
        name: `${run}-${number}`,
        disk_format: index % 2 === 0 ? 'qcow2' : 'raw',
        container_format: 'bare',
        tags: [run, ...(index < 3 ? [`${run}-few`] : [])],
        protected: index === 29,
      }),
    )
  }
})

test.afterAll(async () => {
  const last = made.at(-1)
  if (last !== undefined) await api.replace(last.id, '/protected', false)
  for (const { id } of made) await api.remove(id)
})

const names = async (page: Page) =>
  (await page.getByRole('grid').getByRole('link').allInnerTexts()).filter((text) => text.startsWith(run))

test.beforeEach(async ({ page }) => signIn(page))

test('sorts, filters and pages on the server, and the address tells all of it', async ({ page, browser }) => {
  await open(page, `/images?tag=${run}-few&sort=name`)
  await expect(page.getByRole('grid')).toBeVisible()
  await expect.poll(() => names(page)).toEqual([`${run}-00`, `${run}-01`, `${run}-02`])

  // The same address shows the same rows to somebody else who signs in first.
  const shared = page.url()
  const other = await (await browser.newContext()).newPage()
  await other.goto(shared, { waitUntil: 'networkidle' })
  await other.getByLabel('User name').fill('admin')
  await other.getByLabel('Password').fill(process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '')
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.waitForURL((url) => url.href === shared)
  await expect.poll(() => names(other)).toEqual([`${run}-00`, `${run}-01`, `${run}-02`])
  await other.context().close()
})

test('pages forth and back without losing or repeating a row', async ({ page }) => {
  await open(page, `/images?tag=${run}&sort=name&n=25`)
  const first = await names(page)
  expect(first).toHaveLength(25)
  await page.getByRole('button', { name: 'Next' }).click()
  await expect.poll(() => names(page)).toEqual(made.slice(25).map((_, index) => `${run}-${index + 25}`))
  await page.getByRole('button', { name: 'Previous' }).click()
  await expect.poll(() => names(page)).toEqual(first)
})

test('deletes several at once after saying which will go and which cannot', async ({ page }) => {
  const tag = `${run}-bulk`
  const doomed: ApiImage[] = []
  for (const isProtected of [false, false, true]) {
    doomed.push(await api.create({ name: `${tag}-${doomed.length}`, tags: [tag], protected: isProtected }))
  }
  await open(page, `/images?tag=${tag}&sort=name`)
  await page.getByRole('checkbox', { name: 'Select all rows on this page' }).press('Space')
  await page.getByRole('region', { name: '3 selected' }).getByRole('button', { name: 'Delete…' }).click()
  const sheet = page.getByRole('alertdialog')
  await expect(sheet.getByText('2 images will be deleted, for good')).toBeVisible()
  await expect(sheet.getByRole('heading', { name: /^1 .*cannot/ })).toBeVisible()
  await expectAccessible(page)
  await sheet.getByRole('textbox').fill('2')
  await sheet.getByRole('button', { name: 'Delete 2 images' }).click()
  await expect(sheet).toBeHidden()
  await expect(page.getByRole('grid').getByRole('link', { name: `${tag}-0` })).toBeHidden()
  expect(await Promise.all(doomed.map(({ id }) => api.statusOf(id)))).toEqual([404, 404, 200])
  const id = doomed[2]?.id ?? ''
  await api.replace(id, '/protected', false)
  await api.remove(id)
})
