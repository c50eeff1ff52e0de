import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

const folder = mkdtempSync(join(tmpdir(), 'glimpse-locations-'))
let admin: ImageApi
let tenant: Tenant
let qcow2: Buffer
let image: ApiImage

test.beforeAll(async () => {
  admin = await ImageApi.asAdmin()
  tenant = await createTenant('locations')
  const path = join(folder, 'disk.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, '3G'])
  qcow2 = readFileSync(path)
})
test.afterAll(async () => {
  await tenant.remove()
  rmSync(folder, { recursive: true, force: true })
})

test.beforeEach(async () => {
  image = await admin.create({ name: 'placed', disk_format: 'qcow2', container_format: 'bare', visibility: 'public' })
  await admin.upload(image.id, qcow2)
})
test.afterEach(() => admin.remove(image.id))

const place = (page: Page, storeId: string) =>
  page.getByRole('list', { name: 'Stores' }).locator(`[data-store="${storeId}"]`)
const storesOf = async () =>
  String((await admin.show(image.id)).stores ?? '')
    .split(',')
    .toSorted()

test('an image is copied to another store and removed from the first, live, and never loses its last copy', async ({
  page,
}) => {
  await signIn(page)
  await open(page, `/images/${image.id}/locations`)
  const [file, archive] = [place(page, 'file'), place(page, 'archive')]
  await expect(file.getByText('has the data')).toBeVisible()
  await expect(file.getByRole('button', { name: 'Remove from file' })).toBeDisabled()
  await expect(file.getByText('The only copy')).toBeVisible()
  await expect(place(page, 'web').getByRole('button', { name: 'Copy to web' })).toBeDisabled()
  await expect(place(page, 'web').getByText('This store takes no data now')).toBeVisible()
  await expectAccessible(page)

  await archive.getByRole('button', { name: 'Copy to archive' }).click()
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByText(/will be written/)).toBeVisible()
  await expectAccessible(page)
  await sheet.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(page.getByText('The copy to archive has begun')).toBeVisible()
  // Nobody reloads: the event of the task's end does.
  await expect(archive.getByText('has the data')).toBeVisible()
  expect(await storesOf()).toEqual(['archive', 'file'])
  await expect(archive.getByText('read first')).toBeVisible()

  await file.getByRole('button', { name: 'Remove from file' }).click()
  const alert = page.getByRole('alertdialog')
  await alert.getByRole('textbox').fill('archive')
  await alert.getByRole('button', { name: 'Remove the data' }).click()
  await expect(alert.getByText('This is not file')).toBeVisible()
  await expectAccessible(page)
  await alert.getByRole('textbox').fill('file')
  await alert.getByRole('button', { name: 'Remove the data' }).click()
  await expect(page.getByText('The data is removed from file')).toBeVisible()
  await expect(file.getByText('not here')).toBeVisible()
  expect(await storesOf()).toEqual(['archive'])
  await expect(archive.getByRole('button', { name: 'Remove from archive' })).toBeDisabled()
})

test('who may only read sees where the data is, and neither buttons nor addresses', async ({ page }) => {
  await signIn(page, tenant.person)
  await open(page, `/images/${image.id}/locations`)
  await expect(place(page, 'file').getByText('has the data')).toBeVisible()
  const list = page.getByRole('list', { name: 'Stores' })
  await expect(list.getByRole('button')).toHaveCount(0)
  await expect(list.getByText(/file:\/\//)).toHaveCount(0)
})

test('an image without data says what would fill its places', async ({ page }) => {
  const empty = await admin.create({ name: 'placed-nowhere' })
  try {
    await signIn(page)
    await open(page, `/images/${empty.id}/locations`)
    await expect(page.getByRole('heading', { name: 'No store has data of this image.' })).toBeVisible()
    await open(page, `/images/${empty.id}/security`)
    await expect(page.getByText('No fingerprint is recorded')).toBeVisible()
    await expect(page.getByText('There is no data yet.')).toBeVisible()
  } finally {
    await admin.remove(empty.id)
  }
})

test('security tells the fingerprints, what the data really is, and how complete the signature is', async ({
  page,
}) => {
  await admin.patch(image.id, [{ op: 'add', path: '/img_signature', value: 'c2lnbmVk' }])
  await signIn(page)
  await open(page, `/images/${image.id}/security`)
  const main = page.getByRole('main')
  const { checksum, os_hash_value: hash } = await admin.show(image.id)
  await expect(main.getByText(String(hash), { exact: true })).toBeVisible()
  await expect(main.getByText(String(checksum), { exact: true })).toBeVisible()
  await expect(main.getByText('The data is what the record says')).toBeVisible()
  await expect(main.getByText('qcow2, version 3')).toBeVisible()
  await expect(main.getByText('3 GiB')).toBeVisible()
  await expect(main.getByText(/The signature is incomplete: img_signature_key_type/)).toBeVisible()
  await expectAccessible(page)
})

test('content that is something else than recorded is called so', async ({ page }) => {
  const raw = await admin.create({ name: 'misread', disk_format: 'raw', container_format: 'bare' })
  try {
    await admin.upload(raw.id, qcow2)
    await signIn(page)
    await open(page, `/images/${raw.id}/security`)
    await expect(page.getByText('The data is not what the record says')).toBeVisible()
    await expect(page.getByText('Servers read it as a raw disk, but it is qcow2, version 3.')).toBeVisible()
  } finally {
    await admin.remove(raw.id)
  }
})
