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
    const number = pad(index)
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

const pad = (index: number) => String(index).padStart(2, '0')

const names = async (page: Page) =>
  (await page.getByRole('grid').getByRole('link').allInnerTexts()).filter((text) => text.startsWith(run))

test.beforeEach(async ({ page }) => signIn(page))

test('6. Filter, sort, page, peek, copy URL, open in a fresh browser: same rows', async ({ page, browser }) => {
  await open(page, '/images')
  const filter = page.getByRole('combobox', { name: 'Filter or search images' })
  await filter.fill(`tag:${run}`)
  await filter.press('Enter')
  await page.waitForURL(/tag=/)
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
  await page.waitForURL(/sort=name/)
  await expect.poll(() => names(page)).toEqual(made.slice(0, 25).map((_, index) => `${run}-${pad(index)}`))
  await page.getByRole('button', { name: 'Next' }).click()
  const rest = made.slice(25).map((_, index) => `${run}-${index + 25}`)
  await expect.poll(() => names(page)).toEqual(rest)

  await page.getByRole('button', { name: `Actions for ${run}-26` }).click()
  await page.getByRole('menuitem', { name: 'Look at it here' }).click()
  const peek = page.getByRole('dialog')
  await expect(peek.getByRole('heading', { name: `${run}-26` })).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('ArrowDown')
  await expect(peek.getByRole('heading', { name: `${run}-27` })).toBeVisible()
  await page.keyboard.press('ArrowUp')
  await expect(peek.getByRole('heading', { name: `${run}-26` })).toBeVisible()

  // The same address shows the same rows to somebody else who signs in first.
  const shared = page.url()
  const other = await (await browser.newContext()).newPage()
  await other.goto(shared, { waitUntil: 'networkidle' })
  await other.getByLabel('User name').fill('admin')
  await other.getByLabel('Password').fill(process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '')
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.waitForURL((url) => url.href === shared)
  await expect(other.getByRole('dialog').getByRole('heading', { name: `${run}-26` })).toBeVisible()
  await other.keyboard.press('Escape')
  await expect(other.getByRole('dialog')).toBeHidden()
  await expect.poll(() => names(other)).toEqual(rest)
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

test('on a phone the filter has the width of the page, and the order of the list is named and changed', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await open(page, `/images?tag=${run}`)
  const filter = await page.getByRole('search').boundingBox()
  expect(filter?.width).toBeGreaterThan(340)
  await page.getByRole('button', { name: 'View', exact: true }).click()
  const order = page.getByRole('dialog').getByRole('button', { name: 'Sort by' })
  await expect(order).toContainText('Created last')
  await order.click()
  await page.getByRole('option', { name: 'Name, A to Z' }).click()
  await page.waitForURL(/sort=name/)
  await expect.poll(() => names(page)).toEqual(made.slice(0, 25).map((_, index) => `${run}-${pad(index)}`))
  await expect(page.getByText('30 images')).toBeVisible()
})

test('a row says where its data is, whose it is and whom it is offered to, and leads there', async ({ page }) => {
  const [, first] = made
  if (first === undefined) throw new Error('no image was made')
  await api.upload(first.id, Buffer.from('data'))
  await api.addMember(first.id, 'f'.repeat(32))
  const name = `${run}-01`
  await open(page, `/images?tag=${run}&cols=name,visibility,stores,owner`)
  const filter = page.getByRole('combobox', { name: 'Filter or search images' })
  await filter.fill('store:file')
  await filter.press('Enter')
  await page.waitForURL(/store=file/)
  await expect.poll(() => names(page)).toEqual([name])
  const row = page.getByRole('row', { name: new RegExp(name) })
  await expect(row).toContainText('1 project, 1 pending')
  await expect(row.getByText('file', { exact: true })).toBeVisible()
  await expect(row.getByText('admin', { exact: true })).toBeVisible()
  await expectAccessible(page)
  for (const [label, tab] of [
    ['Properties', 'properties'],
    ['Copy to stores…', 'locations'],
    ['Share…', 'sharing'],
  ] as const) {
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    await page.getByRole('menuitem', { name: label }).click()
    await page.waitForURL(`**/images/${first.id}/${tab}`)
    await page.goBack()
    await expect(row).toBeVisible()
  }
})

test('10. Bulk delete 60 with 5 protected: preflight names 5, 55 deleted, results listed', async ({ page }) => {
  const tag = `${run}-bulk`
  const doomed: ApiImage[] = []
  for (let index = 0; index < 60; index++) {
    doomed.push(await api.create({ name: `${tag}-${pad(index)}`, tags: [tag], protected: index % 12 === 11 }))
  }
  // One is protected after the page was read: the preflight does not know, the result does.
  const late = doomed[0]?.id ?? ''
  await open(page, `/images?tag=${tag}&sort=name&n=100`)
  await page.getByRole('checkbox', { name: 'Select all rows on this page' }).press('Space')
  await page.getByRole('region', { name: '60 selected' }).getByRole('button', { name: 'Delete…' }).click()
  const sheet = page.getByRole('alertdialog')
  await expect(sheet.getByText('55 images will be deleted, for good')).toBeVisible()
  const kept = sheet.locator('section').filter({ has: page.getByRole('heading', { name: /^5 .*cannot/ }) })
  for (const index of [11, 23, 35, 47, 59]) await expect(kept.getByText(`${tag}-${index}`)).toBeVisible()
  await expectAccessible(page)
  await api.replace(late, '/protected', true)
  await sheet.getByRole('textbox').fill('55')
  await sheet.getByRole('button', { name: 'Delete 55 images' }).click()
  const results = page.getByRole('dialog', { name: 'What happened' })
  await expect(results.getByText(`${tag}-00`)).toBeVisible()
  await expect(results.getByText(/^54 /)).toBeVisible()
  await expectAccessible(page)
  await results.getByRole('button', { name: 'Close', exact: true }).last().click()
  await expect.poll(() => page.getByRole('grid').getByRole('link', { name: tag }).count()).toBe(6)
  const statuses = await Promise.all(doomed.map(({ id }) => api.statusOf(id)))
  expect(statuses.filter((status) => status === 404)).toHaveLength(54)
  for (const [index, { id }] of doomed.entries()) {
    if (statuses[index] === 404) continue
    await api.replace(id, '/protected', false)
    await api.remove(id)
  }
})
