import type { Page } from '@playwright/test'

/** Goes to a page and waits until its scripts have taken over, so that the first press is not lost. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path, { waitUntil: 'networkidle' })
}
