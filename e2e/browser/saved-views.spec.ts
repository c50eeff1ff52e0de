import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

let tenant: Tenant
test.beforeAll(async () => {
  tenant = await createTenant('views')
})
test.afterAll(() => tenant.remove())

const menu = (page: Page) => page.getByRole('button', { name: 'Saved views' })
const item = (page: Page, name: string) => page.getByRole('menuitem', { name })

test('a view is kept under a name, with its filters, order and columns, found again and removed', async ({ page }) => {
  await signIn(page, tenant.person)
  await open(page, '/images?status=active&sort=-size&cols=name,size')
  await menu(page).click()
  await item(page, 'Save this view…').click()
  const dialog = page.getByRole('dialog', { name: 'Save this view' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Large ones')
  await expectAccessible(page)
  await dialog.getByRole('textbox', { name: 'Name' }).press('Enter')
  await expect(page.getByText('Large ones is saved')).toBeVisible()

  // Elsewhere it is found, and leads back to the same list.
  await open(page, '/images')
  await menu(page).press('Enter')
  await expectAccessible(page)
  await item(page, 'Large ones').press('Enter')
  await page.waitForURL(/\/images\?status=active&sort=-size&cols=name,size$/)
  await menu(page).click()
  await item(page, 'Remove views…').click()
  const list = page.getByRole('dialog', { name: 'Saved views' })
  await list.getByRole('button', { name: 'Remove Large ones' }).click()
  await expect(list.getByText('Nothing is saved yet')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(async () => {
    await menu(page).click()
    await expect(item(page, 'Large ones')).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 15_000 })
})

test('a shared view is found by the project, and changed by who saved it alone', async ({ page }) => {
  const reader = await tenant.addPerson(['reader'])
  await signIn(page, tenant.person)
  await open(page, '/images?tag=ours')
  await menu(page).click()
  await item(page, 'Save this view…').click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Ours')
  await page.getByText('Everybody in this project finds it').click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Ours is saved')).toBeVisible()

  await page.context().clearCookies()
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(page, reader)
  await open(page, '/images')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await menu(page).click()
  await expect(item(page, 'Ours')).toBeVisible()
  await expect(item(page, 'Remove views…')).toBeHidden()
  // A reader keeps views for itself.
  await item(page, 'Save this view…').click()
  await expect(page.getByRole('dialog', { name: 'Save this view' })).toBeVisible()
  await expect(page.getByText('Everybody in this project finds it')).toBeHidden()
})
