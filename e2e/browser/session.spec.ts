import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { cookiesFor, dashboardCookies } from '../support/dashboard-client.mjs'
import { IdentityAdmin, signIn as tokenOf } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'
import { expectAccessible } from './support/accessible'
import { createdId } from './support/files'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

const url = process.env.GLIMPSE_TEST_URL ?? ''
const authUrl = process.env.GLIMPSE_TEST_AUTH_URL ?? ''
const adminPassword = process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? ''
const run = `session${Date.now().toString(36)}`
let tenant: Tenant
let image: ApiImage

test.beforeAll(async () => {
  tenant = await createTenant(run)
  image = await tenant.api.create({ name: `${run}-image` })
})
test.afterAll(async () => {
  await tenant.api.remove(image.id)
  await tenant.remove()
})

const overDialog = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' })

async function enter(page: Page, password: string): Promise<void> {
  await overDialog(page).getByLabel('Password').fill(password)
  await overDialog(page).getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** What a browser tells a page when the reader comes back to its tab. */
const comeBack = (page: Page) => page.evaluate(() => window.dispatchEvent(new Event('focus')))

/** Signs in as another tab of the browser would. */
async function signInElsewhere(context: BrowserContext, name: string, password: string): Promise<void> {
  await context.addCookies(cookiesFor(url, await dashboardCookies(url, name, password)))
}

test('what was done when the session was over is done after signing in over the page', async ({ page, context }) => {
  await signIn(page, tenant.person)
  await open(page, `/images/${image.id}`)
  await page.getByRole('button', { name: 'Edit name' }).click()
  await page.getByLabel('Name', { exact: true }).fill(`${run}-renamed`)
  await context.clearCookies()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(overDialog(page)).toBeVisible()
  await expect(overDialog(page).getByLabel('Password')).toBeFocused()
  await expectAccessible(page)
  await enter(page, 'not the password')
  await expect(overDialog(page).getByRole('alert')).toContainText('The user name or the password is wrong')
  expect((await tenant.api.show(image.id)).name).toBe(`${run}-image`)
  await enter(page, tenant.person.password)
  await expect(overDialog(page)).toBeHidden()
  await expect(page.getByRole('heading', { level: 1, name: `${run}-renamed` })).toBeVisible()
  expect((await tenant.api.show(image.id)).name).toBe(`${run}-renamed`)
})

test('a page whose session is over notices by itself, and that it is back; nothing that was typed is lost', async ({
  page,
  context,
}) => {
  await signIn(page, tenant.person)
  await open(page, '/images/new')
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('typed with care')
  await context.clearCookies()
  await comeBack(page)
  await expect(overDialog(page)).toBeVisible()
  await overDialog(page).getByRole('button', { name: 'Not now' }).click()
  await expect(overDialog(page)).toBeHidden()
  await expect(name).toBeFocused()
  const card = page.getByRole('status').filter({ hasText: 'Your session has ended' })
  await expect(card).toBeVisible()
  await expectAccessible(page)
  await card.getByRole('button', { name: 'Sign in again' }).click()
  const tab = page.waitForEvent('popup')
  await overDialog(page).getByRole('link', { name: 'Sign in in a new tab' }).click()
  const other = await tab
  await other.waitForLoadState('networkidle')
  await other.getByLabel('User name').fill(tenant.person.name)
  await other.getByLabel('Password').fill(tenant.person.password)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.waitForURL(/\/images$/)
  await expect(overDialog(page)).toBeHidden()
  await expect(card).toBeHidden()
  await expect(name).toHaveValue('typed with care')
  await page.getByRole('button', { name: 'Create without data' }).click()
  await tenant.api.remove(await createdId(page))
})

test('whoever else signs in gets a new page that says so, and nothing of what the first one typed', async ({
  page,
  context,
}) => {
  await signIn(page, tenant.person)
  await open(page, '/images/new')
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('for nobody else')
  await expect(page.getByText('Draft saved')).toBeVisible()
  await signInElsewhere(context, 'admin', adminPassword)
  await comeBack(page)
  await expect(page.getByText('admin is signed in now')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Account of admin' })).toBeVisible()
  await expect(name).toHaveValue('')
  await signInElsewhere(context, tenant.person.name, tenant.person.password)
  await comeBack(page)
  await expect(page.getByText(`${tenant.person.name} is signed in now`)).toBeVisible()
  await expect(name).toHaveValue('for nobody else')
})

test('a session that is back in no project or another one asks where to go on', async ({ page, context }) => {
  const identity = new IdentityAdmin(
    authUrl,
    (await tokenOf(authUrl, { username: 'admin', password: adminPassword, projectName: 'admin' })).token,
  )
  const { name, password } = await tenant.addPerson(['member'])
  const { userId } = await tokenOf(authUrl, { username: name, password })
  await signIn(page, { name, password })
  await open(page, `/images/${image.id}`)
  const second = await identity.createProject(`${run}-second`)
  await identity.grant(second, userId, (await identity.findRole('member')) ?? '')
  await context.clearCookies()
  await comeBack(page)
  await expect(overDialog(page)).toBeVisible()
  await signInElsewhere(context, name, password)
  const elsewhere = page.getByRole('dialog', { name: 'You are in another project now' })
  await expect(elsewhere).toContainText('in no project yet')
  await expectAccessible(page)
  await elsewhere.getByRole('button', { name: `Go on in ${tenant.projectName}` }).click()
  await expect(elsewhere).toBeHidden()
  await page.getByRole('link', { name: 'Properties', exact: true }).click()
  await page.waitForURL(/\/properties$/)
  await expect(page.getByRole('button', { name: `Project ${tenant.projectName}` })).toBeVisible()
  await identity.remove('projects', second)
})

test('the end of a session is told before, and again when it has come', async ({ browser }) => {
  const server = await startServer({ settings: { GLIMPSE__SESSION__LIFETIME_SECONDS: '30' } })
  const context = await browser.newContext({ baseURL: server.url, viewport: { width: 390, height: 844 } })
  try {
    const page = await context.newPage()
    await signIn(page, { name: 'admin', password: server.adminPassword }, server.url)
    const ends = page.getByRole('status').filter({ hasText: /Your session ends at \d\d:\d\d/ })
    await expect(ends).toBeVisible()
    await expectAccessible(page)
    await ends.getByRole('button', { name: 'Sign in again' }).click()
    const renew = page.getByRole('dialog', { name: 'Sign in again' })
    await renew.getByLabel('Password').fill(server.adminPassword)
    const asked = Date.now()
    await renew.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(renew).toBeHidden()
    await expect(overDialog(page)).toBeVisible({ timeout: 45_000 })
    expect(Date.now() - asked).toBeGreaterThan(25_000)
    await enter(page, server.adminPassword)
    await expect(overDialog(page)).toBeHidden()
    const api = ImageApi.withToken(
      (await tokenOf(server.authUrl, { username: 'admin', password: server.adminPassword, projectName: 'admin' }))
        .token,
      server.url,
    )
    // What is shown is live again.
    await api.create({ name: `${run}-live` })
    await expect(page.getByRole('button', { name: '1 new – show' })).toBeVisible()
  } finally {
    await context.close()
    await server.stop()
  }
})
