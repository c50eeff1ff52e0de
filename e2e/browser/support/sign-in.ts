import type { Page } from '@playwright/test'
import { cookiesFor, dashboardCookies } from '../../support/dashboard-client.mjs'

export interface Person {
  readonly name: string
  readonly password: string
}

/**
 * Brings somebody to the list of images with a session: the administrator, or a person with one project. The page that
 * people sign in with is tested by itself, and takes longer.
 */
export async function signIn(
  page: Page,
  person: Person = { name: 'admin', password: process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '' },
  url = process.env.GLIMPSE_TEST_URL ?? '',
): Promise<void> {
  const header = await dashboardCookies(url, person.name, person.password)
  await page.context().addCookies(cookiesFor(url, header))
  await page.goto(new URL('/images', url).href, { waitUntil: 'networkidle' })
}
