import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { signIn } from './support/sign-in'

async function fill(page: Page, userName: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(userName)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

for (const [backend, urlName, passwordName] of [
  ['built-in identity', 'GLIMPSE_TEST_URL', 'GLIMPSE_TEST_ADMIN_PASSWORD'],
  ['Keystone', 'GLIMPSE_TEST_KEYSTONE_URL', 'GLIMPSE_TEST_KEYSTONE_ADMIN_PASSWORD'],
] as const)
  test.describe(`sign in with the ${backend}`, () => {
    const url = process.env[urlName] ?? ''
    const password = process.env[passwordName] ?? ''

    test('refuses a wrong password, then lets in, and out again', async ({ page, context }) => {
      await page.goto(`${url}/`, { waitUntil: 'networkidle' })
      await expect(page).toHaveURL(`${url}/signin`)
      await fill(page, 'admin', 'not the password')
      await expect(page.getByText('The user name or the password is wrong')).toBeVisible()
      await fill(page, 'admin', password)
      await page.waitForURL(/\/(images|signin\/scope)$/)
      if (page.url().endsWith('/scope')) {
        await expectAccessible(page)
        await page.getByRole('button', { name: 'Enter admin', exact: true }).click()
        await page.waitForURL(`${url}/images`)
      }
      await expect(page.getByRole('heading', { level: 1, name: 'Images' })).toBeVisible()

      await page.getByRole('button', { name: 'Account of admin' }).click()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(`${url}/signin`)
      await page.goto(`${url}/images`)
      await expect(page).toHaveURL(`${url}/signin`)
      expect((await context.cookies()).filter(({ name }) => name.includes('session-token'))).toEqual([])
    })

    test('leaves no token where a page could read it', async ({ page, context }) => {
      await page.goto(`${url}/signin`, { waitUntil: 'networkidle' })
      await fill(page, 'admin', password)
      await page.waitForURL(/\/(images|signin\/scope)$/)
      const session = (await context.cookies()).find(({ name }) => name.endsWith('next-auth.session-token'))
      expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
      const told = await page.request.get(`${url}/api/auth/session`)
      expect(Object.keys(await told.json()).sort()).toEqual(['expires', 'user'])
      const stored = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      )
      expect(stored).not.toContain('gAAAA')
      expect(stored).not.toContain('session-token')
    })
  })

test('comes back to the page that was asked for, and to no other site', async ({ page }) => {
  await page.goto('/images?visibility=public', { waitUntil: 'networkidle' })
  await expect(page).toHaveURL(/\/signin\?next=/)
  await fill(page, 'admin', process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '')
  await page.waitForURL(/\/images\?visibility=public$/)

  await page.context().clearCookies()
  await page.goto('/signin?next=//evil.example/', { waitUntil: 'networkidle' })
  await fill(page, 'admin', process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '')
  await page.waitForURL(/\/images$/)
})

test('another site’s page can neither send nor read image data', async ({ page, request }) => {
  await signIn(page)
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }]) {
    const path = '/api/ui/images/00000000-0000-4000-8000-000000000000/file'
    const type = { 'Content-Type': 'application/octet-stream' }
    const sent = await request.put(path, { headers: { cookie, ...headers, ...type }, data: 'x' })
    expect([sent.status(), (await request.get(path, { headers: { cookie, ...headers } })).status()]).toEqual([403, 403])
  }
})

test('the sign-in page and the account page are accessible', async ({ page }) => {
  await page.goto('/signin', { waitUntil: 'networkidle' })
  await expectAccessible(page)
  await signIn(page)
  await page.goto('/account', { waitUntil: 'networkidle' })
  await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible()
  await page.getByLabel('Present password').fill('x')
  await page.getByLabel('New password', { exact: true }).fill('short')
  await page.getByLabel('New password again').fill('short')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('needs at least 12 characters')).toBeVisible()
  await expectAccessible(page)
})
