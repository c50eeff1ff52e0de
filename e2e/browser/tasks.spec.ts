import { expect, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import type { ApiImage } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

let tenant: Tenant
const images: ApiImage[] = []

test.beforeAll(async () => {
  tenant = await createTenant('worker')
})
test.afterAll(async () => {
  for (const { id } of images) await tenant.api.remove(id)
  await tenant.remove()
})
test.beforeEach(({ page }) => signIn(page, tenant.person))

async function create(name: string, diskFormat: string): Promise<ApiImage> {
  const image = await tenant.api.create({ name, disk_format: diskFormat, container_format: 'bare' })
  images.push(image)
  return image
}

test('tasks appear as they run, with what they did or why they failed, for their project alone', async ({ page }) => {
  await open(page, '/tasks')
  await expect(page.getByRole('heading', { name: 'Nothing has run lately' })).toBeVisible()
  await expectAccessible(page)

  const good = await create('good-disk', 'raw')
  await tenant.api.importStaged(good.id, Buffer.alloc(1024, 'x'))
  const tasks = page.getByRole('list', { name: 'Tasks: All' })
  const row = tasks.getByRole('listitem').filter({ hasText: 'good-disk' })
  await expect(row.getByText('done')).toBeVisible()
  await expect(row.getByText('Import of uploaded data')).toBeVisible()

  const bad = await create('bad-disk', 'qcow2')
  await tenant.api.importStaged(bad.id, Buffer.alloc(1024, 'x'))
  const failed = tasks.getByRole('listitem').filter({ hasText: 'bad-disk' })
  await expect(failed.getByText('failed')).toBeVisible()
  await expectAccessible(page)

  await page.getByRole('link', { name: 'Failed' }).click()
  const list = page.getByRole('list', { name: 'Tasks: Failed' })
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await list.getByRole('link', { name: 'Import of uploaded data' }).click()
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Import of uploaded data' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Input of the task as JSON' })).toContainText('glance-direct')
  await expectAccessible(page)
  const taskUrl = page.url()

  await open(page, `/images/${good.id}/tasks`)
  await expect(page.getByRole('list', { name: 'Tasks' }).getByText('done')).toBeVisible()
  await expectAccessible(page)

  const stranger = await createTenant('stranger')
  await page.context().clearCookies()
  await signIn(page, stranger.person)
  await page.goto(taskUrl)
  await expect(page.getByRole('heading', { name: 'No such task' })).toBeVisible()
  await stranger.remove()
})

test('usage names what the project has, and follows it', async ({ page }) => {
  const image = await create('counted', 'raw')
  await open(page, '/usage')
  const count = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Images', exact: true }) })
  await expect(count).toContainText(/^Images\d/)
  const unfinished = page.getByRole('region', { name: 'Images without data' }).getByRole('link', { name: 'counted' })
  await expect(unfinished).toBeVisible()
  await expectAccessible(page)
  await tenant.api.upload(image.id, Buffer.alloc(3 * 1024 * 1024, 'x'))
  const largest = page.getByRole('list', { name: 'Largest images' })
  await expect(largest.getByRole('listitem').filter({ hasText: 'counted' })).toContainText('3 MiB')
  await expect(unfinished).toBeHidden()
})
