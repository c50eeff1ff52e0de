import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { chooseFile, createdId, sha512Of } from './support/files'
import { ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'

const mib = 1024 ** 2
const folder = mkdtempSync(join(tmpdir(), 'glimpse-upload-'))
let api: ImageApi

test.beforeAll(async () => {
  api = await ImageApi.asAdmin()
})

test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.beforeEach(async ({ page }) => signIn(page))

test('a 300 MiB file goes up with visible progress, becomes active and comes down unchanged', async ({ page }) => {
  test.setTimeout(180_000)
  const path = qcow2File('debian-12-amd64.img', 300)
  expect(statSync(path).size).toBeGreaterThanOrEqual(300 * mib)
  const hash = await sha512Of(path)

  await open(page, '/images/new')
  await chooseFile(page, path)
  await expect(page.getByText('This file is qcow2, version 3')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('debian-12-amd64')
  await expect(page.getByRole('textbox', { name: 'Minimum disk' })).toHaveValue('1')
  await page.getByRole('button', { name: 'os_distro=debian' }).click()
  await expectAccessible(page)

  const limitUploads = await uploadLimiter(page)
  await limitUploads(4 * mib)
  await page.getByRole('button', { name: 'Create and upload' }).click()
  const imageId = await createdId(page)
  const bar = page.getByRole('progressbar', { name: 'Upload of this image' })
  const early = await percentWithin(bar, 1, 60)
  await expectAccessible(page)

  // The upload outlives the page that shows it.
  await page.getByRole('link', { name: 'Images' }).last().click()
  await page.waitForURL(/\/images$/)
  const tray = page.getByRole('region', { name: 'Transfers' })
  await percentWithin(tray.getByRole('progressbar'), early + 1, 99)
  await limitUploads(-1)
  await tray.getByRole('link', { name: 'debian-12-amd64' }).click()
  await page.waitForURL(`**/images/${imageId}`)

  await expect(page.getByRole('banner').or(page.getByRole('main')).getByText('active').first()).toBeVisible({
    timeout: 60_000,
  })
  const image = await api.show(imageId)
  expect(image).toMatchObject({
    status: 'active',
    disk_format: 'qcow2',
    size: statSync(path).size,
    os_hash_value: hash,
    os_distro: 'debian',
    min_disk: 1,
  })
  await expect(page.getByText(hash)).toBeVisible()

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).first().click(),
  ])
  const copy = join(folder, 'copy')
  await download.saveAs(copy)
  expect(await sha512Of(copy)).toBe(hash)
  await api.remove(imageId)
})

test('a file that is not what its record claims is named before it is sent, and one press mends it', async ({
  page,
}) => {
  const path = qcow2File('appliance.vmdk', 1)
  const image = await api.create({ name: 'waiting', disk_format: 'vmdk', container_format: 'bare' })
  await open(page, `/images/${image.id}`)
  await expect(page.getByRole('heading', { name: 'This image waits for its data' })).toBeVisible()
  await chooseFile(page, path)
  await expect(page.getByText('This file is qcow2, version 3, not vmdk')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Upload', exact: true })).toBeDisabled()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Use qcow2' }).click()
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await expect.poll(async () => (await api.show(image.id)).status, { timeout: 30_000 }).toBe('active')
  expect(await api.show(image.id)).toMatchObject({ disk_format: 'qcow2', os_hash_value: await sha512Of(path) })
  await api.remove(image.id)
})

test('what the server refuses stays in the tray with its request id, and trying again works', async ({ page }) => {
  const path = qcow2File('late.qcow2', 1)
  const image = await api.create({ name: 'late', disk_format: 'qcow2', container_format: 'bare' })
  await open(page, `/images/${image.id}`)
  await chooseFile(page, path)
  await expect(page.getByText('This file is qcow2, version 3')).toBeVisible()
  // Somebody else changes the record after this page was made.
  await api.replace(image.id, '/disk_format', 'vmdk')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  const tray = page.getByRole('region', { name: 'Transfers' })
  await expect(tray.getByText('does not match stream data qcow2')).toBeVisible()
  await expect(tray.getByText(/req-[0-9a-f-]{36}/)).toBeVisible()
  await expectAccessible(page)
  await expect.poll(async () => (await api.show(image.id)).status).toBe('queued')
  await api.replace(image.id, '/disk_format', 'qcow2')
  await tray.getByRole('button', { name: 'Try again' }).click()
  await expect(tray.getByText('Uploaded')).toBeVisible({ timeout: 30_000 })
  expect((await api.show(image.id)).status).toBe('active')
  await api.remove(image.id)
})

test('fields that cannot be sent are named beside them, and nothing is created', async ({ page }) => {
  await open(page, '/images/new')
  await page.getByRole('textbox', { name: 'Minimum disk' }).fill('many')
  await page.getByRole('button', { name: 'Add property' }).click()
  await page.getByRole('textbox', { name: 'Property' }).fill('status')
  await page.getByRole('button', { name: 'Create without data' }).click()
  await expect(page.getByText('A whole number from 0 to 2147483647')).toBeVisible()
  await expect(page.getByText('status is an attribute of its own, not a property')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Property' })).toBeFocused()
  await expectAccessible(page)
  expect(page.url()).toMatch(/\/images\/new$/)
})

/** A real qcow2 whose data is random, so that it is as large as it claims. */
function qcow2File(name: string, sizeMib: number): string {
  const raw = join(folder, `${name}.raw`)
  const file = openSync(raw, 'w')
  for (let done = 0; done < sizeMib; done += 1) writeSync(file, randomBytes(mib))
  const path = join(folder, name)
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, path])
  rmSync(raw)
  return path
}

/** Loopback is too fast to look at; -1 takes the limit away. */
async function uploadLimiter(page: Page): Promise<(bytesPerSecond: number) => Promise<void>> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  return async (uploadThroughput) => {
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    })
  }
}

/** Waits until a progress bar shows a percentage within the bounds, and gives it back. */
async function percentWithin(bar: ReturnType<Page['getByRole']>, min: number, max: number): Promise<number> {
  let percent = Number.NaN
  await expect
    .poll(
      async () => {
        percent = Number((await bar.getAttribute('aria-valuenow')) ?? Number.NaN)
        return percent >= min && percent <= max
      },
      { intervals: [50], timeout: 20_000 },
    )
    .toBe(true)
  return percent
}
