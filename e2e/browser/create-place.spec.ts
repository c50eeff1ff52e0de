import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { signIn as tokenFor } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'
import { expectAccessible } from './support/accessible'
import { chooseFile, createdId } from './support/files'
import { ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'

const mib = 1024 ** 2
const folder = mkdtempSync(join(tmpdir(), 'glimpse-place-'))

let server: Awaited<ReturnType<typeof startServer>>
let api: ImageApi

test.beforeAll(async () => {
  server = await startServer({
    settings: {
      GLIMPSE__STORES__FAST__TYPE: 'filesystem',
      GLIMPSE__STORES__FAST__PATH: 'fast',
      GLIMPSE__STORES__FAST__DESCRIPTION: 'On the disks of this node',
      GLIMPSE__STORES__ARCHIVE__TYPE: 'filesystem',
      GLIMPSE__STORES__ARCHIVE__PATH: 'archive',
      GLIMPSE__STORES__SPARE__TYPE: 'filesystem',
      GLIMPSE__STORES__SPARE__PATH: 'spare',
      GLIMPSE__STORAGE__DEFAULT_STORE: 'fast',
      GLIMPSE__IMPORTS__PLUGINS: 'image_decompression,image_conversion',
      GLIMPSE__LIMITS__ENABLED: 'true',
      GLIMPSE__LIMITS__IMAGE_SIZE_TOTAL: '1024',
      GLIMPSE__LIMITS__IMAGE_STAGE_TOTAL: '600',
    },
  })
  const { token } = await tokenFor(server.authUrl, {
    username: 'admin',
    password: server.adminPassword,
    projectName: 'admin',
  })
  api = ImageApi.withToken(token, server.url)
})
test.afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})
test.beforeEach(async ({ page }) => signIn(page, { name: 'admin', password: server.adminPassword }, server.url))

test('11. Import with conversion: preview numbers equal the outcome within 5 %', async ({ page }) => {
  const path = qcow2File('converted.qcow2', { sizeMib: 256, dataMib: 48 })
  await openForm(page)
  await chooseFile(page, path)
  const preview = page.getByRole('region', { name: 'Converted from qcow2 to raw on arrival' })
  const size = await exactBytes(preview, 'Size afterwards')
  const room = await exactBytes(preview, 'Room it takes')
  expect(await exactBytes(preview, 'Staged meanwhile')).toBe(statSync(path).size + 256 * mib)

  await page.getByRole('checkbox', { name: 'archive' }).check({ force: true })
  await expect(page.getByRole('switch', { name: 'All of them must have it' })).toBeChecked()
  const stored = page.locator('[data-limit=image_size_total]')
  await expect(stored).toContainText('0 bytes → 512 MiB of 1 GiB')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create and upload' }).click()
  const id = await createdId(page)
  await expect.poll(async () => (await api.show(id)).status, { timeout: 60_000 }).toBe('active')

  const image = await api.show(id)
  expect(image.disk_format).toBe('raw')
  expect(String(image.stores).split(',').sort()).toEqual(['archive', 'fast'])
  expect(Math.abs(Number(image.size) / size - 1)).toBeLessThan(0.05)
  for (const store of ['fast', 'archive']) {
    const taken = allocatedBytes(join(server.dataFolder, store), id)
    expect(Math.abs(taken / room - 1), store).toBeLessThan(0.05)
  }
  await api.remove(id)
})

test('A file that is beyond a limit is not sent, and the form says how much is too much', async ({ page }) => {
  await openForm(page)
  await chooseFile(page, qcow2File('large.qcow2', { sizeMib: 400, dataMib: 1 }))
  const upload = page.getByRole('button', { name: 'Create and upload' })
  await expect(upload).toBeEnabled()
  for (const store of ['archive', 'spare']) await page.getByRole('checkbox', { name: store }).check({ force: true })
  await expect(page.locator('[data-limit=image_size_total]')).toContainText('176 MiB too much.')
  await expect(upload).toBeDisabled()
  await expect(page.getByText('A limit of the project is in the way; see below.')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('checkbox', { name: 'spare' }).uncheck({ force: true })
  await expect(upload).toBeEnabled()
})

test('What was typed is kept over a reload, until it is discarded', async ({ page }) => {
  await openForm(page)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('half-written')
  await page.getByRole('textbox', { name: 'Tags' }).fill('first')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Minimum RAM' }).fill('512')
  await expect(page.getByText('Draft saved')).toBeVisible()
  await page.reload({ waitUntil: 'networkidle' })
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('half-written')
  await expect(page.getByRole('textbox', { name: 'Minimum RAM' })).toHaveValue('512')
  await expect(page.getByRole('button', { name: 'Remove tag first' })).toBeVisible()
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('')
  await page.reload({ waitUntil: 'networkidle' })
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('')
  await expect(page.getByText('Draft saved')).toBeHidden()
})

test('Several files become several images, one after the other', async ({ page }) => {
  const paths = ['one.qcow2', 'two.qcow2'].map((name) => qcow2File(name, { sizeMib: 16, dataMib: 1 }))
  await openForm(page)
  await chooseFile(page, paths)
  await expect(page.getByText('Next: two.qcow2')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('one')
  await page.getByRole('textbox', { name: 'Tags' }).fill('pair')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Create and upload' }).click()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('two')
  await expect(page.getByRole('button', { name: 'Remove tag pair' })).toBeVisible()
  await page.getByRole('button', { name: 'Create and upload' }).click()
  const id = await createdId(page)
  await expect.poll(async () => (await api.show(id)).status, { timeout: 60_000 }).toBe('active')
  expect(await api.show(id)).toMatchObject({ name: 'two', tags: ['pair'] })
  expect(await api.listNames()).toEqual(expect.arrayContaining(['one', 'two']))
})

test('A new version takes over what describes an image, and not what its data decides', async ({ page }) => {
  const old = await api.create({
    ...{ name: 'debian', disk_format: 'raw', container_format: 'bare', min_ram: 256, min_disk: 4, tags: ['prod'] },
    ...{ os_distro: 'debian', img_signature: 'x', base_image_ref: 'y' },
  })
  await open(page, `${server.url}/images/${old.id}`)
  await page.getByRole('button', { name: 'Actions for debian' }).click()
  await page.getByRole('menuitem', { name: 'New version…' }).click()
  await expect(page.getByText('A new version of debian')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Minimum RAM' })).toHaveValue('256')
  await expect(page.getByRole('textbox', { name: 'Minimum disk' })).toHaveValue('')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create without data' }).click()
  const id = await createdId(page)
  expect(id).not.toBe(old.id)
  const made = await api.show(id)
  expect(made).toMatchObject({ name: 'debian', tags: ['prod'], os_distro: 'debian', min_ram: 256, min_disk: 0 })
  expect(Object.keys(made)).not.toEqual(expect.arrayContaining(['img_signature']))
  expect(Object.keys(made)).not.toEqual(expect.arrayContaining(['base_image_ref']))
  for (const one of [old.id, id]) await api.remove(one)
})

test('Where uploads come in one request, a file goes to the one store that is chosen', async ({ page }) => {
  const plain = await startServer({
    settings: {
      GLIMPSE__UPLOADS__RESUMABLE: 'false',
      GLIMPSE__STORES__FAST__TYPE: 'filesystem',
      GLIMPSE__STORES__FAST__PATH: 'fast',
      GLIMPSE__STORES__ARCHIVE__TYPE: 'filesystem',
      GLIMPSE__STORES__ARCHIVE__PATH: 'archive',
      GLIMPSE__STORAGE__DEFAULT_STORE: 'fast',
      GLIMPSE__IMPORTS__PLUGINS: 'image_conversion',
    },
  })
  try {
    const account = { username: 'admin', password: plain.adminPassword, projectName: 'admin' }
    const there = ImageApi.withToken((await tokenFor(plain.authUrl, account)).token, plain.url)
    await signIn(page, { name: 'admin', password: plain.adminPassword }, plain.url)
    await open(page, `${plain.url}/images/new`)
    await chooseFile(page, qcow2File('plain.qcow2', { sizeMib: 16, dataMib: 1 }))
    await page.getByRole('checkbox', { name: 'archive' }).check({ force: true })
    await expect(page.getByRole('checkbox', { name: 'fast' })).not.toBeChecked()
    await expect(page.getByText('Converted from')).toBeHidden()
    await page.getByRole('button', { name: 'Create and upload' }).click()
    const id = await createdId(page)
    await expect.poll(async () => (await there.show(id)).status, { timeout: 60_000 }).toBe('active')
    expect(await there.show(id)).toMatchObject({ disk_format: 'qcow2', stores: 'archive' })
  } finally {
    await plain.stop()
  }
})

test('Sections are reached by Alt and their number, and a dropped file lands anywhere on the page', async ({
  page,
}) => {
  await openForm(page)
  for (const [index, name] of ['Source', 'Description', 'Access', 'Place'].entries()) {
    await page.keyboard.press(`Alt+Digit${index + 1}`)
    await expect(page.getByRole('heading', { name, level: 2 })).toBeFocused()
  }
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['QFI\u00fb'], 'dropped.raw'))
    return transfer
  })
  await page.getByRole('heading', { level: 1 }).dispatchEvent('drop', { dataTransfer: data })
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('dropped')
})

async function openForm(page: Page): Promise<void> {
  await open(page, `${server.url}/images/new`)
}

/** The number that a size shows on hover. */
async function exactBytes(region: ReturnType<Page['getByRole']>, term: string): Promise<number> {
  const size = region.locator('dt', { hasText: term }).locator('xpath=following-sibling::dd[1]').locator('[title]')
  return Number((await size.getAttribute('title'))?.replaceAll(/\D/g, ''))
}

function qcow2File(name: string, { sizeMib, dataMib }: { sizeMib: number; dataMib: number }): string {
  const raw = join(folder, 'source.raw')
  rmSync(raw, { force: true })
  execFileSync('truncate', ['-s', `${sizeMib}M`, raw])
  const file = openSync(raw, 'r+')
  for (let at = 0; at < dataMib; at++) {
    writeSync(file, Buffer.alloc(mib, at + 1), 0, mib, Math.floor((at * sizeMib) / dataMib) * mib)
  }
  const path = join(folder, name)
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, path])
  return path
}

/** What the files of an image take on their disk. */
function allocatedBytes(store: string, id: string): number {
  const paths = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.includes(id))
    .map((entry) => join(entry.parentPath, entry.name))
  return paths.reduce((sum, path) => sum + statSync(path).blocks * 512, 0)
}
