import { randomBytes } from 'node:crypto'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test'
import { signIn as tokenOf } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'
import { expectAccessible } from './support/accessible'
import { chooseFile, createdId, sha512Of } from './support/files'
import { ImageApi } from './support/image-api'
import { Line } from './support/line'
import { open } from './support/open'
import { signIn } from './support/sign-in'

const mib = 1024 ** 2
const isLong = process.env.GLIMPSE_TEST_LONG === '1'
const folder = mkdtempSync(join(tmpdir(), 'glimpse-resumable-'))
// A server of its own, since it is killed here, behind a line that can be slow and cut.
let server: Awaited<ReturnType<typeof startServer>>
let line: Line
let api: ImageApi

test.describe.configure({ mode: 'serial', timeout: 150_000 })

test.beforeAll(async () => {
  server = await startServer()
  line = await Line.to(server.url)
  const admin = { username: 'admin', password: server.adminPassword, projectName: 'admin' }
  api = ImageApi.withToken((await tokenOf(server.authUrl, admin)).token, server.url)
})

test.afterAll(async () => {
  await line.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test.beforeEach(() => {
  line.bytesPerSecond = 0
  line.bytesUp = 0
})

test('2. Upload 1 GiB sparse file: bytes on the wire ≤ data + 2 %; hash equals sha512sum; image active; download equals the file', async ({
  browser,
}) => {
  const dataMib = 64
  const path = join(folder, 'sparse.raw')
  const file = openSync(path, 'w')
  ftruncateSync(file, 1024 * mib)
  for (let block = 0; block < dataMib; block++) writeSync(file, randomBytes(mib), 0, mib, block * 16 * mib)
  closeSync(file)
  const sha512 = await sha512Of(path)

  await inBrowser(browser, async (page) => {
    line.bytesUp = 0
    const { imageId, tray } = await beginUpload(page, path)
    await expect(tray.getByText('Uploaded, 1 GiB')).toBeVisible({ timeout: 60_000 })
    await expect(tray.getByText('960 MiB of zeros not sent')).toBeVisible()
    await expect(tray.getByText('SHA-512 is the same at both ends')).toBeVisible()
    expect(line.bytesUp).toBeGreaterThanOrEqual(dataMib * mib)
    expect(line.bytesUp).toBeLessThanOrEqual(dataMib * mib * 1.02)
    expect(await api.show(imageId)).toMatchObject({ status: 'active', size: 1024 * mib, os_hash_value: sha512 })
    expect(await api.downloadedSha512(imageId)).toBe(sha512)
    await api.remove(imageId)
  })
})

test("3. Kill the tab at 50 %, reopen, pick the file: resumes at the server's offset, same hash. Different file: refused, reason named", async ({
  browser,
}) => {
  const [path, other, longer] = [randomFile('a.raw', 96), randomFile('other.raw', 96), randomFile('longer.raw', 97)]
  await inBrowser(browser, async (page, context) => {
    line.bytesPerSecond = 24 * mib
    const { imageId, tray } = await beginUpload(page, path)
    await percentOf(tray, 50)
    await page.close()
    const { offset } = await api.openUpload(imageId)
    expect(offset).toBeGreaterThan(30 * mib)

    line.bytesPerSecond = 0
    const again = await context.newPage()
    await open(again, '/images')
    const left = again.getByRole('region', { name: 'Transfers' })
    await expect(
      left.getByText(`Choose the same file to go on at ${Math.floor((offset / 96 / mib) * 100)} %`),
    ).toBeVisible()
    await expectAccessible(again)
    await chooseIn(again, left, longer)
    await expect(
      left.getByText('That is another file: it has 97 MiB, and the upload was begun with one of 96 MiB.'),
    ).toBeVisible()
    await chooseIn(again, left, other)
    await expect(left.getByText('That is another file: it is as large as')).toBeVisible()
    line.bytesUp = 0
    await chooseIn(again, left, path)
    await expect(left.getByText('Uploaded, 96 MiB')).toBeVisible({ timeout: 60_000 })
    expect(line.bytesUp).toBeLessThan(96 * mib - offset + mib)
    expect(await api.show(imageId)).toMatchObject({ status: 'active', os_hash_value: await sha512Of(path) })
    await api.remove(imageId)
  })
})

test('Another machine goes on from the list of uploads, and ends what nobody wants', async ({ browser }) => {
  const path = randomFile('moved.raw', 48)
  let imageId = ''
  await inBrowser(browser, async (page) => {
    line.bytesPerSecond = 16 * mib
    const begun = await beginUpload(page, path)
    imageId = begun.imageId
    await percentOf(begun.tray, 40)
  })
  line.bytesPerSecond = 0
  const unwanted = await api.create({ name: 'unwanted', disk_format: 'raw', container_format: 'bare' })
  await api.beginUpload(unwanted.id, 5 * mib)
  await inBrowser(browser, async (page) => {
    await open(page, '/uploads')
    const list = page.getByRole('list', { name: 'Unfinished uploads' })
    await expect(list.getByRole('listitem')).toHaveCount(2)
    await expect(page.getByRole('link', { name: /^Uploads/ })).toContainText('2 waiting')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'End the upload of unwanted' }).click()
    await page.getByRole('button', { name: 'Cancel and delete image' }).click()
    await expect(list.getByRole('listitem')).toHaveCount(1)
    expect(await api.statusOf(unwanted.id)).toBe(404)
    await chooseFile(page, path, page.getByRole('button', { name: 'Go on with moved' }))
    await expect(page.getByRole('region', { name: 'Transfers' }).getByText('Uploaded, 48 MiB')).toBeVisible({
      timeout: 60_000,
    })
    await expect(page.getByText('No unfinished uploads')).toBeVisible()
    expect(await api.show(imageId)).toMatchObject({ status: 'active', os_hash_value: await sha512Of(path) })
    await api.remove(imageId)
  })
})

test('A file that the browser gives again after a reload goes on by one press; another or none is chosen', async ({
  browser,
}) => {
  await inBrowser(browser, async (page, context) => {
    // The picker itself cannot be answered from outside; the handle that it gives here is a real one.
    await context.addInitScript(() => {
      window.showOpenFilePicker = async () => [
        await (await navigator.storage.getDirectory()).getFileHandle('kept.raw', { create: true }),
      ]
    })
    const begin = async (at: Page): Promise<string> => {
      await open(at, '/images/new')
      await at.getByRole('button', { name: 'Choose file' }).click()
      await expect(at.getByText('kept.raw').first()).toBeVisible()
      line.bytesPerSecond = 12 * mib
      await at.getByRole('button', { name: 'Create and upload' }).click()
      const imageId = await createdId(at)
      await percentOf(at.getByRole('region', { name: 'Transfers' }), 30)
      await at.close()
      return imageId
    }
    const sha512 = await page.evaluate(writePrivateFile, 48)
    const imageId = await begin(page)
    const again = await context.newPage()
    await open(again, '/uploads')
    const tray = again.getByRole('region', { name: 'Transfers' })
    await expect(tray.getByText(/^Stopped at \d+ %/)).toBeVisible()
    await expect(again.getByRole('button', { name: 'Resume the upload of kept' })).toBeVisible()
    await expect(again.getByRole('button', { name: /Choose the file|Go on with/ })).toHaveCount(0)
    await expectAccessible(again)
    const { offset } = await api.openUpload(imageId)
    line.bytesPerSecond = 0
    line.bytesUp = 0
    await tray.getByRole('button', { name: 'Resume' }).click()
    await expect(tray.getByText('Uploaded, 48 MiB')).toBeVisible({ timeout: 60_000 })
    expect(line.bytesUp).toBeLessThan(48 * mib - offset + mib)
    expect(await api.show(imageId)).toMatchObject({ status: 'active', os_hash_value: sha512 })
    await api.remove(imageId)

    const otherId = await begin(again)
    const last = await context.newPage()
    line.bytesPerSecond = 0
    await open(last, '/uploads')
    await last.evaluate(writePrivateFile, 48)
    await last.getByRole('button', { name: 'Resume the upload of kept' }).click()
    const left = last.getByRole('region', { name: 'Transfers' })
    await expect(left.getByText('That is another file: it is as large as')).toBeVisible()
    await expect(left.getByRole('button', { name: 'Choose the file' })).toBeVisible()
    await expect(last.getByRole('button', { name: 'Go on with kept' })).toBeVisible()
    await last.reload({ waitUntil: 'networkidle' })
    await last.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('kept.raw'))
    await left.getByRole('button', { name: 'Resume' }).click()
    await expect(left.getByText('The file is not where it was. Choose it to go on.')).toBeVisible()
    await expect(left.getByRole('button', { name: 'Choose the file' })).toBeFocused()
    await api.remove(otherId)
  })
})

test('4. Server restarted during upload: engine waits, continues, no user action. Offline 60 s: same', async ({
  browser,
}) => {
  const path = randomFile('restart.raw', 128)
  await inBrowser(browser, async (page) => {
    line.bytesPerSecond = 24 * mib
    const { imageId, tray } = await beginUpload(page, path)
    await percentOf(tray, 20)
    await server.kill()
    await expect(tray.getByText('Waiting for the network; it goes on by itself')).toBeVisible()
    await server.restart()
    await percentOf(tray, 45)
    line.cut()
    await expect(tray.getByText('Waiting for the network; it goes on by itself')).toBeVisible()
    await new Promise((resolve) => setTimeout(resolve, isLong ? 60_000 : 4_000))
    line.mend()
    line.bytesPerSecond = 0
    await expect(tray.getByText('Uploaded, 128 MiB')).toBeVisible({ timeout: 90_000 })
    expect(await api.show(imageId)).toMatchObject({ status: 'active', os_hash_value: await sha512Of(path) })
    await api.remove(imageId)
  })
})

test('5. Two tabs, one upload: second shows "running in another tab"', async ({ browser }) => {
  const path = randomFile('tabs.raw', 64)
  await inBrowser(browser, async (page, context) => {
    line.bytesPerSecond = 12 * mib
    const { imageId, tray } = await beginUpload(page, path)
    await percentOf(tray, 10)
    const second = await context.newPage()
    await open(second, '/images')
    const beside = second.getByRole('region', { name: 'Transfers' })
    await expect(beside.getByText('Running in another tab')).toBeVisible()
    await expect(beside.getByRole('button', { name: /Cancel|Pause|Choose/ })).toHaveCount(0)
    await page.close()
    await expect(beside.getByText('Choose the same file to go on at')).toBeVisible()
    line.bytesPerSecond = 0
    await chooseIn(second, beside, path)
    await expect(beside.getByText('Uploaded, 64 MiB')).toBeVisible({ timeout: 60_000 })
    expect(await api.show(imageId)).toMatchObject({ status: 'active', os_hash_value: await sha512Of(path) })
    await api.remove(imageId)
  })
})

test('An upload is paused and goes on, and one whose session has ended goes on when its owner signs in again', async ({
  browser,
}) => {
  const path = randomFile('paused.raw', 64)
  await inBrowser(browser, async (page, context) => {
    line.bytesPerSecond = 12 * mib
    const { imageId, tray } = await beginUpload(page, path)
    await percentOf(tray, 10)
    await tray.getByRole('button', { name: 'Pause the upload of paused' }).click()
    await expect(tray.getByText(/^Paused · \d+ %/)).toBeVisible()
    const { offset } = await api.openUpload(imageId)
    await context.clearCookies()
    await tray.getByRole('button', { name: 'Go on with the upload of paused' }).click()
    await expect(tray.getByText('Your session has ended; it goes on when you sign in again')).toBeVisible()
    expect((await api.openUpload(imageId)).offset).toBe(offset)
    line.bytesPerSecond = 0
    await signIn(await context.newPage(), { name: 'admin', password: server.adminPassword }, line.url)
    await expect(tray.getByText('Uploaded, 64 MiB')).toBeVisible({ timeout: 60_000 })
    expect(await api.show(imageId)).toMatchObject({ status: 'active', os_hash_value: await sha512Of(path) })
    await api.remove(imageId)
  })
})

/** A browser that nobody has used, signed in through the line. */
async function inBrowser(browser: Browser, use: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ baseURL: line.url })
  try {
    const page = await context.newPage()
    await signIn(page, { name: 'admin', password: server.adminPassword }, line.url)
    await use(page, context)
  } finally {
    await context.close()
  }
}

async function beginUpload(page: Page, path: string): Promise<{ imageId: string; tray: Locator }> {
  await open(page, '/images/new')
  await chooseFile(page, path)
  await page.getByRole('button', { name: 'Create and upload' }).click()
  return { imageId: await createdId(page), tray: page.getByRole('region', { name: 'Transfers' }) }
}

async function chooseIn(page: Page, tray: Locator, path: string): Promise<void> {
  await chooseFile(page, path, tray.getByRole('button', { name: 'Choose the file' }))
}

/** In the page: puts random bytes where only this origin's scripts find them; their SHA-512. */
async function writePrivateFile(sizeMib: number): Promise<string> {
  const bytes = new Uint8Array(sizeMib * 1024 ** 2)
  for (let start = 0; start < bytes.length; start += 65_536)
    crypto.getRandomValues(bytes.subarray(start, start + 65_536))
  const handle = await (await navigator.storage.getDirectory()).getFileHandle('kept.raw', { create: true })
  const writable = await handle.createWritable()
  await writable.write(bytes)
  await writable.close()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function percentOf(tray: Locator, atLeast: number): Promise<void> {
  const bar = tray.getByRole('progressbar')
  await expect
    .poll(async () => Number((await bar.getAttribute('aria-valuenow')) ?? 0), { intervals: [100], timeout: 60_000 })
    .toBeGreaterThanOrEqual(atLeast)
}

function randomFile(name: string, sizeMib: number): string {
  const path = join(folder, name)
  const file = openSync(path, 'w')
  for (let done = 0; done < sizeMib; done++) writeSync(file, randomBytes(mib))
  closeSync(file)
  return path
}
