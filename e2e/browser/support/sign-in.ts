import type { Page } from '@playwright/test'

/** Signs the administrator in through the page that people use. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/signin', { waitUntil: 'networkidle' })
  await page.getByRole('textbox', { name: 'User name' }).fill('admin')
  await page.getByLabel('Password').fill(process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/images$/)
}
