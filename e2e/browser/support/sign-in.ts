import type { Page } from '@playwright/test'

export interface Person {
  readonly name: string
  readonly password: string
}

/** Signs somebody in through the page that people use: the administrator, or a person with one project. */
export async function signIn(page: Page, person?: Person): Promise<void> {
  await page.goto('/signin', { waitUntil: 'networkidle' })
  await page.getByRole('textbox', { name: 'User name' }).fill(person?.name ?? 'admin')
  await page.getByLabel('Password').fill(person?.password ?? process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/images$/)
}
