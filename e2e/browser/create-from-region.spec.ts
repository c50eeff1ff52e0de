import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { IdentityAdmin, signIn as tokenOf } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'
import { expectAccessible } from './support/accessible'
import { createdId } from './support/files'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'

// A server of its own, since its catalog is changed; another region is the same server behind a gate.
let server: Awaited<ReturnType<typeof startServer>>
let identity: IdentityAdmin
let api: ImageApi
let there: ApiImage
let disk: Buffer
let gate: Server
/** Requests for the image wait here while it is closed. */
let closed: (() => void)[] | null = null

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  const methods = 'glance-direct,web-download,copy-image,glance-download'
  server = await startServer({ settings: { GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: methods } })
  const admin = { username: 'admin', password: server.adminPassword, projectName: 'admin' }
  const { token } = await tokenOf(server.authUrl, admin)
  identity = new IdentityAdmin(server.authUrl, token)
  api = ImageApi.withToken(token, server.url)
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-region-'))
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(folder, 'disk.qcow2'), '20G'])
  disk = readFileSync(join(folder, 'disk.qcow2'))
  rmSync(folder, { recursive: true })
  there = await api.create({
    name: 'debian-13-generic-amd64',
    disk_format: 'qcow2',
    container_format: 'bare',
    min_disk: 20,
    min_ram: 512,
    hw_disk_bus: 'scsi',
    os_distro: 'debian',
    description: 'as it is there',
  })
  await api.upload(there.id, disk)
  gate = createServer((incoming, outgoing) => {
    const pass = () => forward(incoming, outgoing)
    if (closed === null) pass()
    else closed.push(pass)
  })
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
})
test.afterAll(async () => {
  gate.closeAllConnections()
  gate.close()
  await server.stop()
})
test.beforeEach(({ page }) => signIn(page, { name: 'admin', password: server.adminPassword }, server.url))

function forward({ url, method, headers }: IncomingMessage, outgoing: ServerResponse): void {
  const { host: _, ...rest } = headers
  const onward = ask(new URL(url ?? '', server.url), { method, headers: rest }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.destroy()).end()
}

const otherRegion = (page: Page) => page.getByRole('radio', { name: /Another region/ })

test('Another region is listed, and says why it cannot be chosen while the catalog names none', async ({ page }) => {
  await open(page, new URL('/images/new', server.url).href)
  await expect(otherRegion(page)).toBeDisabled()
  await expect(page.getByText('Your operator has named no other region')).toBeVisible()
  await expectAccessible(page)
})

test('An image of another region is looked at, described and copied, also when its person has signed out', async ({
  page,
}) => {
  const address = gate.address()
  await identity.addImageService('West', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  await open(page, new URL('/images/new', server.url).href)
  await otherRegion(page).check({ force: true })
  await expect(page.getByRole('button', { name: /Region/ })).toContainText('West')
  const id = page.getByRole('textbox', { name: 'Image ID there' })
  const look = page.getByRole('button', { name: 'Look' })
  const submit = page.getByRole('button', { name: 'Create and import' })
  await submit.click()
  await expect(page.getByText('An image ID is missing')).toBeVisible()
  await id.fill(randomUUID())
  await submit.click()
  await expect(page.getByText('Look at the image first')).toBeVisible()
  await look.click()
  await expect(page.getByText('Region West has no image with this id, or does not show it to you.')).toBeVisible()
  const queued = await api.create({ name: 'empty', disk_format: 'raw', container_format: 'bare' })
  await id.fill(queued.id)
  await look.click()
  await expect(page.getByText('should be active instead of queued')).toBeVisible()
  await expectAccessible(page)

  await id.fill(there.id)
  await look.click()
  await expect(page.getByText('qcow2 / bare').first()).toBeVisible()
  await expect(page.getByText('hw_disk_bus=scsi')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('debian-13-generic-amd64')
  await expect(page.getByRole('textbox', { name: 'Minimum disk' })).toHaveValue('20')
  await expect(page.getByRole('textbox', { name: 'Minimum RAM' })).toHaveValue('512')
  await expect(page.getByRole('textbox', { name: 'Value' })).toHaveValue('as it is there')
  // What comes along is not offered once more.
  await expect(page.getByRole('button', { name: 'os_distro=debian' })).toHaveCount(0)
  await expectAccessible(page)

  closed = []
  await page.getByRole('textbox', { name: 'Name' }).fill('from-the-west')
  await submit.click()
  const made = await createdId(page)
  await expect.poll(() => closed?.length).toBe(1)
  await page.getByRole('button', { name: 'Account of admin' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/\/signin/)
  const waiting = closed
  closed = null
  for (const pass of waiting) pass()
  await expect.poll(async () => (await api.show(made)).status, { timeout: 30_000 }).toBe('active')
  expect(await api.show(made)).toMatchObject({
    name: 'from-the-west',
    checksum: createHash('md5').update(disk).digest('hex'),
    min_disk: 20,
    min_ram: 512,
    hw_disk_bus: 'scsi',
    os_distro: 'debian',
    description: 'as it is there',
  })

  await signIn(page, { name: 'admin', password: server.adminPassword }, server.url)
  await open(page, new URL(`/images/${made}/tasks`, server.url).href)
  await page.getByRole('link', { name: 'Import from another region' }).click()
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  await expect(page.getByText(`West, ${there.id}`)).toBeVisible()
})
