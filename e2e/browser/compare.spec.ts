import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import type { ApiImage } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

let tenant: Tenant
const images: ApiImage[] = []
const tag = `compare${Date.now().toString(36)}`

test.beforeAll(async () => {
  tenant = await createTenant('compare')
  const make = async (name: string, more: object) => {
    const document = { name, tags: [tag], disk_format: 'raw', container_format: 'bare', visibility: 'shared' }
    const image = await tenant.api.create({ ...document, ...more })
    images.push(image)
    return image
  }
  const one = await make('one', { hw_disk_bus: 'scsi', os_distro: 'debian', only_one: 'x' })
  const other = await make('other', { hw_disk_bus: 'virtio', os_distro: 'debian', min_disk: 7 })
  await make('third', { hw_disk_bus: 'ide', os_distro: 'debian' })
  await tenant.api.upload(one.id, Buffer.alloc(2048, 'a'))
  await tenant.api.upload(other.id, Buffer.alloc(2048, 'a'))
  await tenant.api.addMember(one.id, 'a-project')
})
test.afterAll(async () => {
  for (const { id } of images) await tenant.api.remove(id)
  await tenant.remove()
})

const idOf = (index: number) => images[index]?.id ?? ''
const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })
const cells = async (page: Page, name: string) => await row(page, name).getByRole('cell').allTextContents()

test('two images marked in the catalog are compared by c: differences first, everything when asked for', async ({
  page,
}) => {
  await signIn(page, tenant.person)
  await open(page, `/images?tag=${tag}&sort=name`)
  await page.getByRole('checkbox', { name: 'Select one', exact: true }).press('Space')
  await expect(page.getByRole('link', { name: 'Compare' })).toBeHidden()
  await page.getByRole('checkbox', { name: 'Select other', exact: true }).press('Space')
  await expect(page.getByRole('link', { name: 'Compare' })).toBeVisible()
  await page.keyboard.press('c')
  await page.waitForURL(`**/images/compare?ids=${idOf(0)},${idOf(1)}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Compare images' })).toBeVisible()
  expect(await cells(page, 'hw_disk_bus')).toEqual(['scsi', 'virtio'])
  expect(await cells(page, 'only_one')).toEqual(['x', '–'])
  expect(await cells(page, 'Minimum disk')).toEqual(['0 GiB', '7 GiB'])
  expect(await cells(page, 'Projects')).toEqual(['a-project (pending)', '–'])
  await expect(row(page, 'os_distro')).toHaveCount(0)
  await expect(page.getByText(/^Same data, different record: one .*, other /)).toBeVisible()
  await expectAccessible(page)

  await page.keyboard.press('o')
  await expect(row(page, 'os_distro')).toBeVisible()
  await expect(page).toHaveURL(/all=1/)
  await expectAccessible(page)
})

test('properties are copied to the other one as a change that is reviewed', async ({ page }) => {
  const before = await tenant.api.show(idOf(2))
  await signIn(page, tenant.person)
  await open(page, `/images/compare?ids=${idOf(0)},${idOf(2)}`)
  await page.getByRole('button', { name: 'Actions for one' }).click()
  await page.getByRole('menuitem', { name: 'Copy its properties to third…' }).click()
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByText('only_one')).toBeVisible()
  // Somebody else is faster with one of them.
  await tenant.api.replace(idOf(2), '/hw_disk_bus', 'sata')
  await sheet.getByRole('button', { name: 'Save' }).click()
  await sheet.getByRole('radio', { name: /Theirs/ }).press('Space')
  await sheet.getByRole('button', { name: 'Go on editing' }).click()
  await sheet.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Properties copied to third')).toBeVisible()
  const { updated_at: _then, ...rest } = before
  expect(await tenant.api.show(idOf(2))).toMatchObject({ ...rest, hw_disk_bus: 'sata', only_one: 'x' })
})

test('images that are gone are left out with a notice, and too few say what to do', async ({ page }) => {
  await signIn(page, tenant.person)
  await open(page, `/images/compare?ids=${idOf(0)},00000000-0000-4000-8000-000000000000`)
  await expect(page.getByText('One of the images does not exist')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Pick two images' })).toBeVisible()
  await page.getByRole('link', { name: 'To the catalog' }).click()
  await page.waitForURL(/\/images$/)
})

test('a phone shows two columns, and the page itself does not scroll sideways', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(page, tenant.person)
  await open(page, `/images/compare?ids=${images.map(({ id }) => id).join(',')}&all=1`)
  const heads = page.getByRole('columnheader').filter({ has: page.getByRole('link') })
  await expect(heads).toHaveCount(3)
  for (const index of [0, 1]) {
    const box = await heads.nth(index).boundingBox()
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390)
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
})
