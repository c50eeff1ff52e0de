import type { Page } from '@playwright/test'
import { dashboardCookies } from '../../support/dashboard-client'

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
  const pairs = (await dashboardCookies(new URL(url), person.name, person.password)).split('; ')
  const cookies = pairs.map((pair) => {
    const equals = pair.indexOf('=')
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1), url }
  })
  await page.context().addCookies(cookies)
  await page.goto(new URL('/images', url).href, { waitUntil: 'networkidle' })
}
