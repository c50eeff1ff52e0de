import { expect, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import type { ApiImage } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

let tenant: Tenant
const versions: ApiImage[] = []
const os = { os_distro: 'familix', os_version: Date.now().toString(36), architecture: 'x86_64' }
const name = `family-${os.os_version}`

test.beforeAll(async () => {
  tenant = await createTenant('families')
  for (const index of [0, 1, 2, 3]) {
    const formats = { disk_format: 'raw', container_format: 'bare' }
    const image = await tenant.api.create({ name, ...formats, ...os, protected: index === 0 })
    await tenant.api.upload(image.id, Buffer.alloc(1024, index === 2 ? 1 : index))
    versions.push(image)
  }
  versions.push(await tenant.api.create({ name: `${name}-alone`, ...os }))
})
test.afterAll(async () => {
  const [first] = versions
  if (first !== undefined) await tenant.api.replace(first.id, '/protected', false)
  for (const { id } of versions) await tenant.api.remove(id)
  await tenant.remove()
})

test('an image knows its place among its versions and leads to them', async ({ page }) => {
  await signIn(page, tenant.person)
  // Versions of the same second are told apart by their ids, so the place of this one is not known here.
  await open(page, `/images/${versions[1]?.id}`)
  const line = page.getByRole('link', { name: /^Version \d of 4$/ })
  await expect(line).toBeVisible()
  await line.click()
  await page.waitForURL('**/images/families/*')
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Versions, newest first' }).getByRole('listitem')).toHaveCount(4)
  await expectAccessible(page)
})

test('families are found by name and by system, and marked versions compared', async ({ page }) => {
  await signIn(page, tenant.person)
  await open(page, '/images')
  await page.getByRole('link', { name: 'Families' }).click()
  await page.waitForURL('**/images/families')
  const list = page.getByRole('list', { name: /^Families: / })
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await expect(list.getByText('4 versions')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'By operating system' }).click()
  await page.waitForURL('**by=os')
  await expect(list.getByText('5 versions')).toBeVisible()
  await page.getByRole('textbox', { name: 'Find a family' }).fill('no-such-thing')
  await page.getByRole('textbox', { name: 'Find a family' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'No family fits “no-such-thing”.' })).toBeVisible()
  await page.getByRole('link', { name: 'Show all' }).click()
  await list.getByRole('link').first().click()
  const boxes = page.getByRole('checkbox')
  await expect(boxes).toHaveCount(5)
  await boxes.nth(0).press('Space')
  await boxes.nth(1).press('Space')
  await page.getByRole('link', { name: 'Compare 2' }).click()
  await page.waitForURL('**/images/compare?ids=*')
  await expect(page.getByRole('table')).toBeVisible()
})

test('older versions are retired after a look at which, the newest stay as they are', async ({ page }) => {
  await signIn(page, tenant.person)
  await open(page, `/images/families?q=${name}`)
  await page
    .getByRole('list', { name: /^Families: / })
    .getByRole('link')
    .click()
  await page.waitForURL('**/images/families/*')
  await page.getByRole('button', { name: /Keep/ }).click()
  await page.getByRole('option', { name: 'the newest 2' }).click()
  await page.getByRole('button', { name: 'Retire older…' }).click()
  await page.getByRole('menuitem', { name: 'Hide from lists' }).click()
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByRole('heading', { name: /^2 images will be hidden/ })).toBeVisible()
  await expectAccessible(page)
  await sheet.getByRole('button', { name: /2 images/ }).click()
  await expect(
    page.getByRole('list', { name: 'Versions, newest first' }).getByText('hidden', { exact: true }),
  ).toHaveCount(2)
  const shown = await page
    .getByRole('listitem')
    .filter({ has: page.getByRole('checkbox') })
    .all()
  expect(shown).toHaveLength(4)
  const hidden = await Promise.all(versions.slice(0, 4).map(async ({ id }) => (await tenant.api.show(id)).os_hidden))
  expect(hidden.filter((isHidden) => isHidden === true)).toHaveLength(2)
  // The list counts them still, since they can be used by their ids.
  await open(page, `/images/families?q=${name}`)
  await expect(page.getByText('2 hidden')).toBeVisible()
})

test('a family that is gone, and a project without one, say so', async ({ page }) => {
  await signIn(page, tenant.person)
  await open(page, '/images/families/nothing')
  await expect(page.getByRole('heading', { level: 1, name: 'No such family' })).toBeVisible()
  await open(page, '/images/families?q=nothing-is-called-so')
  await expect(page.getByRole('heading', { name: /^No family fits/ })).toBeVisible()
})
