import { randomBytes } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { IdentityAdmin, signIn as signInByApi } from '../support/identity-client'
import { expectAccessible } from './support/accessible'

const suffix = randomBytes(4).toString('hex')
const userName = `walker-${suffix}`
const password = randomBytes(12).toString('hex')

for (const [backend, prefix] of [
  ['built-in identity', 'GLIMPSE_TEST_'],
  ['Keystone', 'GLIMPSE_TEST_KEYSTONE_'],
] as const) {
  test.describe(`somebody with several projects in the ${backend}`, () => {
    const url = process.env[`${prefix}URL`] ?? ''
    const authUrl = process.env[`${prefix}AUTH_URL`] ?? ''
    let identity: IdentityAdmin
    let userId = ''
    const projectIds: string[] = []

    test.beforeAll(async () => {
      const admin = { username: 'admin', password: process.env[`${prefix}ADMIN_PASSWORD`] ?? '', projectName: 'admin' }
      identity = new IdentityAdmin(authUrl, (await signInByApi(authUrl, admin)).token)
      userId = await identity.createUser(userName, password)
      const member = (await identity.findRole('member')) ?? ''
      for (const name of [`alpha-${suffix}`, `beta-${suffix}`]) {
        const projectId = await identity.createProject(name)
        projectIds.push(projectId)
        await identity.grant(projectId, userId, member)
      }
    })

    test.afterAll(async () => {
      await identity.remove('users', userId)
      for (const id of projectIds) await identity.remove('projects', id)
    })

    test('chooses one, comes back to the asked page, and switches without signing in again', async ({ page }) => {
      const asked = `${url}/images?visibility=private`
      await page.goto(asked, { waitUntil: 'networkidle' })
      const signIn = async () => {
        await page.getByLabel('User name').fill(userName)
        await page.getByLabel('Password').fill(password)
        await page.getByRole('button', { name: 'Sign in' }).click()
      }
      await signIn()
      await page.waitForURL(/\/signin\/scope\?next=/)
      await expect(page.getByRole('heading', { name: 'Choose a project' })).toBeVisible()
      await expectAccessible(page)
      await page.getByRole('button', { name: `Enter alpha-${suffix}` }).click()
      await page.waitForURL(asked)
      const switcher = page.getByRole('banner').getByRole('button', { name: `Project alpha-${suffix}` })
      await switcher.click()
      await expectAccessible(page)
      await page.getByRole('menuitem', { name: `beta-${suffix}` }).click()
      await expect(page.getByRole('button', { name: `Project beta-${suffix}` })).toBeVisible()

      // The next sign-in in this browser enters the project that was used last.
      await page.getByRole('button', { name: `Account of ${userName}` }).click()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(`${url}/signin`)
      await page.waitForLoadState('networkidle')
      await signIn()
      await page.waitForURL(`${url}/images`)
      await expect(page.getByRole('button', { name: `Project beta-${suffix}` })).toBeVisible()
    })

    test('signs in again over the page when the session has ended, and what was typed goes into the same project', async ({
      page,
    }) => {
      await page.goto(`${url}/signin`, { waitUntil: 'networkidle' })
      await page.getByLabel('User name').fill(userName)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(/signin\/scope/)
      await page.getByRole('button', { name: `Enter beta-${suffix}` }).click()
      await page.waitForURL(`${url}/images`)
      await page.goto(`${url}/images/new`, { waitUntil: 'networkidle' })
      await page.getByRole('textbox', { name: 'Name' }).fill('typed with care')
      await page.context().clearCookies()
      await page.getByRole('button', { name: 'Create without data' }).click()
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
      // The browser has forgotten the project too: without a word the person would be in none.
      await dialog.getByLabel('Password').fill(password)
      await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.waitForURL(/\/images\/[0-9a-f-]{36}$/)
      await expect(page.getByRole('heading', { level: 1, name: 'typed with care' })).toBeVisible()
      await expect(page.getByRole('button', { name: `Project beta-${suffix}` })).toBeVisible()
    })
  })
}
