import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Locator, Page } from '@playwright/test'

/**
 * Chooses files as a person does: `button` opens the dialog. By the field for files that all browsers have: the picker of
 * handles of some cannot be answered from outside.
 */
export async function chooseFile(
  page: Page,
  files: string | string[] | { name: string; mimeType: string; buffer: Buffer },
  button: Locator = page.getByRole('button', { name: 'Choose file' }),
): Promise<void> {
  await page.evaluate(() => Reflect.deleteProperty(window, 'showOpenFilePicker'))
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()])
  await chooser.setFiles(files)
}

/** The id of the image that a form has made, once its page is there. */
export async function createdId(page: Page): Promise<string> {
  await page.waitForURL(/\/images\/[0-9a-f-]{36}$/)
  return page.url().split('/').at(-1) ?? ''
}

/** Of a file of any size, in hex. */
export async function sha512Of(path: string): Promise<string> {
  const digest = createHash('sha512')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2 })) digest.update(chunk)
  return digest.digest('hex')
}
