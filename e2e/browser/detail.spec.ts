import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'

const folder = mkdtempSync(join(tmpdir(), 'glimpse-detail-'))
const name = `it's "$HOME" <b>bold</b>`
let api: ImageApi
let data: Buffer
let image: ApiImage

test.beforeAll(async () => {
  api = await ImageApi.asAdmin()
  const path = join(folder, 'disk.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, '20G'])
  data = readFileSync(path)
})

test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.beforeEach(async ({ page }) => {
  image = await api.create({
    name,
    disk_format: 'qcow2',
    container_format: 'bare',
    visibility: 'private',
    min_disk: 20,
    tags: ['prod'],
    hw_disk_bus: 'virtio',
    os_distro: 'debian',
  })
  await api.upload(image.id, data)
  await signIn(page)
})

test.afterEach(() => api.remove(image.id))

test('every part of an image has an address, shows its facts and is accessible', async ({ page }) => {
  const { checksum, os_hash_value: hash } = await api.show(image.id)
  await open(page, `/images/${image.id}`)
  await expect(page).toHaveTitle(`${name} – Glimpse`)
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  const main = page.getByRole('main')
  for (const fact of [image.id, String(checksum), String(hash), '20 GiB', 'hw_disk_bus', 'virtio', 'private']) {
    await expect(main.getByText(fact, { exact: true }).first()).toBeVisible()
  }
  await expectAccessible(page)

  const tabs = page.getByRole('navigation', { name: 'Parts of this image' })
  await tabs.getByRole('link', { name: 'Use it' }).click()
  await page.waitForURL(`**/images/${image.id}/use`)
  await expect(tabs.getByRole('link', { name: 'Use it' })).toHaveAttribute('aria-current', 'page')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expectAccessible(page)
  await tabs.getByRole('link', { name: 'Raw' }).click()
  await page.waitForURL(`**/images/${image.id}/raw`)
  await expect(page.getByRole('region', { name: 'Image as JSON' })).toBeVisible()
  await expectAccessible(page)
})

test('the raw part is the very document that the API gives', async ({ page }) => {
  await page.goto(`/images/${image.id}/raw`)
  const text = await page.getByRole('region', { name: 'Image as JSON' }).textContent()
  const shown: unknown = JSON.parse(text ?? '')
  // As text, since the order of its keys counts too.
  expect(JSON.stringify(shown)).toBe(await api.showText(image.id))
})

test('tags come and go one by one, and can be taken back', async ({ page }) => {
  await open(page, `/images/${image.id}`)
  const tags = page.getByRole('list', { name: 'Tags' })
  await page.getByRole('textbox', { name: 'Tags' }).fill('nightly')
  await page.getByRole('textbox', { name: 'Tags' }).press('Enter')
  await expect(tags.getByText('nightly')).toBeVisible()
  expect((await api.show(image.id)).tags.toSorted()).toEqual(['nightly', 'prod'])
  await tags.getByRole('button', { name: 'Remove tag prod' }).click()
  await expect(tags.getByText('prod')).toBeHidden()
  expect((await api.show(image.id)).tags).toEqual(['nightly'])
  await page.getByText('Tag prod removed').locator('xpath=ancestor::*[@role="alertdialog"]').getByText('Undo').click()
  await expect(tags.getByText('prod')).toBeVisible()
  expect((await api.show(image.id)).tags.toSorted()).toEqual(['nightly', 'prod'])
})

test('the history tells who changed what, and takes a change back', async ({ page }) => {
  await api.replace(image.id, '/hw_disk_bus', 'ide')
  await api.replace(image.id, '/min_disk', 30)
  await open(page, `/images/${image.id}/history`)
  const history = page.getByRole('list', { name: 'History' })
  await expect(history.getByRole('listitem').last()).toContainText('You created the image')
  const change = history.getByRole('listitem').filter({ hasText: 'hw_disk_bus' })
  await expect(change).toContainText(/virtio →\s*became ide/)
  await expectAccessible(page)
  await change.getByRole('button', { name: 'Take back…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Take this change back?' })
  await expect(dialog).toContainText('hw_disk_bus = virtio')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Take back' }).click()
  await expect(page.getByText('The change is taken back')).toBeVisible()
  expect(JSON.parse(await api.showText(image.id))).toMatchObject({ hw_disk_bus: 'virtio', min_disk: 30 })
  // What is as it was has nothing left to take back.
  await expect(change.last().getByRole('button', { name: 'Take back…' })).toBeHidden()
})

test('making an image public says first who gains access', async ({ page }) => {
  await open(page, `/images/${image.id}`)
  await page.getByRole('button', { name: 'Change visibility' }).click()
  await page.getByRole('menuitem', { name: 'public' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Make this image public?' })
  await expect(dialog).toContainText('Every project of this cloud')
  expect(await api.show(image.id)).toMatchObject({ visibility: 'private' })
  await dialog.getByRole('button', { name: 'Make public' }).click()
  await expect.poll(async () => (await api.show(image.id)).visibility).toBe('public')
})

test('deleting shows what goes, asks for the name, and leads back to the list', async ({ page }) => {
  await api.replace(image.id, '/protected', true)
  await open(page, `/images/${image.id}`)
  const menu = page.getByRole('button', { name: `Actions for ${name}` })
  await menu.click()
  await expect(page.getByRole('menuitem', { name: 'Delete…' })).toBeDisabled()
  await page.getByRole('menuitem', { name: 'Remove protection' }).click()
  await expect.poll(async () => (await api.show(image.id)).protected).toBe(false)
  await menu.click()
  await page.getByRole('menuitem', { name: 'Delete…' }).click()
  const sheet = page.getByRole('alertdialog', { name: 'Delete this image?' })
  await expect(sheet.getByText('1 image will be deleted, for good')).toBeVisible()
  await expectAccessible(page)
  await sheet.getByRole('textbox').fill('another name')
  await sheet.getByRole('button', { name: 'Delete 1 image' }).click()
  await expect(sheet.getByText('This must be exactly')).toBeVisible()
  expect(await api.statusOf(image.id)).toBe(200)
  await sheet.getByRole('textbox').fill(name)
  await sheet.getByRole('button', { name: 'Delete 1 image' }).click()
  await page.waitForURL(/\/images$/)
  expect(await api.statusOf(image.id)).toBe(404)
})

test('name and description are edited where they stand, and never over what somebody else changed', async ({
  page,
}) => {
  await open(page, `/images/${image.id}`)
  await page.keyboard.press('e')
  const field = page.getByRole('textbox', { name: 'Name' })
  await field.fill('renamed here')
  await field.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'renamed here' })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible()

  await page.getByRole('button', { name: 'Describe it' }).click()
  const text = page.getByRole('textbox', { name: 'Description' })
  await text.fill('Made for this test.')
  await expectAccessible(page)
  await api.patch(image.id, [{ op: 'add', path: '/description', value: 'Theirs' }])
  await page.getByRole('region', { name: 'Description' }).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Somebody else has changed the image meanwhile: description')).toBeVisible()
  await expect(page.getByText('Theirs', { exact: true })).toBeVisible()
  expect(await api.show(image.id)).toMatchObject({ name, description: 'Theirs' })
})

test('the first page checks the record and offers the data, or says why not', async ({ page }) => {
  await open(page, `/images/${image.id}`)
  const checks = page.getByRole('region', { name: 'Checks' })
  for (const text of ['content was qcow2 as recorded', 'SHA-512 recorded', 'minimum disk fits']) {
    await expect(checks.getByText(text)).toBeVisible()
  }
  const line = page.getByRole('region', { name: 'Download with curl' })
  await expect(line).toContainText(`/v2/images/${image.id}/file`)
  await expect(line).toContainText('-C -')
  await api.setActive(image.id, false)
  await expect(page.getByText('It is deactivated; only administrators can download it.')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Download / })).toBeDisabled()
})

test('a change is not taken back over one that somebody made since the page was read', async ({ page }) => {
  await api.patch(image.id, [{ op: 'replace', path: '/hw_disk_bus', value: 'scsi' }])
  await open(page, `/images/${image.id}/history`)
  await page.getByRole('button', { name: 'Take back…' }).first().click()
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByText('hw_disk_bus = virtio')).toBeVisible()
  await api.patch(image.id, [{ op: 'replace', path: '/hw_disk_bus', value: 'sata' }])
  await sheet.getByRole('button', { name: 'Take back', exact: true }).click()
  await expect(sheet.getByRole('alert')).toContainText('hw_disk_bus. Nothing was taken back.')
  expect(await api.show(image.id)).toMatchObject({ hw_disk_bus: 'sata' })
})

test('the curl lines work when pasted: token, resumed download, verification', async ({ page }) => {
  await open(page, `/images/${image.id}/use`)
  await page.getByRole('tab', { name: 'curl' }).click()
  const code = async (label: string) =>
    (await page.getByRole('region', { name: label, exact: true }).textContent()) ?? ''
  const script = [await code('Sign in'), await code('Get a token'), await code('Download and verify')].join('\n')
  const target = /-o (?!\/)(\S+)/.exec(script)?.[1] ?? ''
  // What an earlier, broken download has left.
  writeFileSync(join(folder, target), data.subarray(0, 1000))
  const { status, output } = await runShell(script, `${process.env.GLIMPSE_TEST_ADMIN_PASSWORD}\n`)
  expect(output).toContain(`${target}: OK`)
  expect(status).toBe(0)
  const digest = (bytes: Buffer) => createHash('sha512').update(bytes).digest('hex')
  expect(digest(readFileSync(join(folder, target)))).toBe(digest(data))
})

test('the choice of tool is remembered', async ({ page }) => {
  await open(page, `/images/${image.id}/use`)
  const terraform = page.getByRole('tab', { name: 'Terraform' })
  await expect(async () => {
    await terraform.click()
    await expect(terraform).toHaveAttribute('aria-selected', 'true', { timeout: 1_000 })
  }).toPass()
  await page.reload()
  await expect(terraform).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByText('openstack_compute_instance_v2')).toBeVisible()
})

test('an image that one may not see is said not to exist, with a way back', async ({ page }) => {
  const response = await page.goto('/images/00000000-0000-4000-8000-000000000000')
  expect(response?.status()).toBe(404)
  await expect(page.getByRole('heading', { name: 'No such image' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Back to images' }).click()
  await page.waitForURL(/\/images$/)
})

/** Runs lines in a fresh shell in the folder of this test, as a person would paste them. */
function runShell(script: string, input: string): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-c', script], { cwd: folder })
    let output = ''
    const add = (chunk: Buffer) => {
      output += chunk.toString()
    }
    shell.stdout.on('data', add)
    shell.stderr.on('data', add)
    shell.on('error', reject)
    shell.on('close', (status) => resolve({ status, output }))
    shell.stdin.end(input)
  })
}
