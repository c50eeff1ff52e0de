import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { createdId } from './support/files'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

let tenant: Tenant
let server: Server
let web = ''
let disk: Buffer
const asked: string[] = []

test.beforeAll(async () => {
  tenant = await createTenant('fetcher')
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-url-'))
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(folder, 'disk.qcow2'), '20G'])
  disk = readFileSync(join(folder, 'disk.qcow2'))
  rmSync(folder, { recursive: true })
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.range ?? 'whole'}`)
    if (request.url === '/gone') response.writeHead(404).end()
    else {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      if (from === undefined) response.writeHead(200, { 'content-length': disk.length }).end(disk)
      else {
        const part = disk.subarray(Number(from), Number(to) + 1)
        const range = `bytes ${from}-${Number(from) + part.length - 1}/${disk.length}`
        response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part)
      }
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  web = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
test.afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await tenant.remove()
})
test.beforeEach(({ page }) => signIn(page, tenant.person))

test('an image is made from an address that is looked at first', async ({ page }) => {
  await open(page, '/images/new')
  await page.getByRole('radio', { name: /An address/ }).check({ force: true })
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Address' }).fill(`${web}/gone`)
  await page.getByRole('button', { name: 'Look' }).click()
  await expect(page.getByText('The source answered 404')).toBeVisible()
  await page.getByRole('textbox', { name: 'Address' }).fill(`${web}/debian-13-generic-amd64.qcow2`)
  await page.getByRole('button', { name: 'Look' }).click()
  await expect(page.getByText('debian-13-generic-amd64.qcow2', { exact: false }).first()).toBeVisible()
  await expect(page.getByText('20 GiB').first()).toBeVisible()
  await expectAccessible(page)
  expect(asked.filter((line) => line.endsWith('whole'))).toEqual([])
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue(/debian-13/)
  await expect(page.getByRole('textbox', { name: 'Minimum disk' })).toHaveValue('20')

  await page.getByRole('textbox', { name: 'Expected checksum' }).fill('abc')
  await page.getByRole('button', { name: 'Create and import' }).click()
  await expect(page.getByText('An MD5, SHA-256 or SHA-512 in hexadecimal digits')).toBeVisible()
  const sha256 = createHash('sha256').update(disk).digest('hex')
  await page.getByRole('textbox', { name: 'Expected checksum' }).fill(sha256)
  await page.getByRole('button', { name: 'Create and import' }).click()
  const id = await createdId(page)
  const head = page.locator('header', { has: page.getByRole('heading', { level: 1 }) })
  await expect(head.getByText('active', { exact: true })).toBeVisible({ timeout: 30_000 })
  const image = await tenant.api.show(id)
  expect(image.checksum).toBe(createHash('md5').update(disk).digest('hex'))
  await page.getByRole('link', { name: 'Tasks' }).last().click()
  await expect(page.getByText('Import from a web address')).toBeVisible()
  await tenant.api.remove(id)
})

test('what the filter of addresses refuses makes no image', async ({ page }) => {
  await open(page, '/images/new')
  await page.getByRole('radio', { name: /An address/ }).check({ force: true })
  await page.getByRole('textbox', { name: 'Address' }).fill('ftp://example.org/disk')
  await page.getByRole('textbox', { name: 'Name' }).fill('never-made')
  await page.getByRole('button', { name: 'Create and import' }).click()
  await expect(page.getByText('Choose its formats first')).toBeVisible()
  await page.getByRole('button', { name: 'Disk format' }).click()
  await page.getByRole('option', { name: 'raw' }).click()
  await page.getByRole('button', { name: 'Create and import' }).click()
  await expect(page.getByRole('main').getByRole('alert').first()).toContainText('The image was not created')
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('never-made')
  expect(await tenant.api.listNames()).not.toContain('never-made')
})
