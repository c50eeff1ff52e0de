import { expect, type Locator, type Page, test } from '@playwright/test'
import { z } from 'zod'
import { expectAccessible } from './support/accessible'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

let admin: ImageApi
let tenant: Tenant
const made: { readonly api: ImageApi; readonly image: ApiImage }[] = []

test.beforeAll(async () => {
  admin = await ImageApi.asAdmin()
  tenant = await createTenant('bulk')
})
test.afterAll(async () => {
  for (const { api, image } of made) {
    await api.replace(image.id, '/protected', false).catch(() => undefined)
    await api.remove(image.id)
  }
  await tenant.remove()
})

let serial = 0
/** Images with a tag of their own, so that a list shows these alone. */
async function createImages(api: ImageApi, count: number, more: (index: number) => object = () => ({})) {
  serial += 1
  const tag = `bulk${Date.now().toString(36)}${serial}`
  const images: ApiImage[] = []
  for (let index = 0; index < count; index++) {
    const name = `${tag}-${String(index).padStart(2, '0')}`
    const document = { name, tags: [tag], disk_format: 'raw', container_format: 'bare', ...more(index) }
    const image = await api.create(document)
    images.push(image)
    made.push({ api, image })
  }
  return { tag, images }
}

const documentSchema = z.looseObject({ tags: z.array(z.string()) })
const shown = async (api: ImageApi, { id }: ApiImage) => documentSchema.parse(JSON.parse(await api.showText(id)))

const selectPage = (page: Page) => page.getByRole('checkbox', { name: 'Select all rows on this page' }).press('Space')
const more = (page: Page) => page.getByRole('button', { name: 'Actions for the selected images' })
async function choose(page: Page, item: string): Promise<void> {
  await more(page).click()
  await page.getByRole('menuitem', { name: item }).click()
}
const group = (sheet: Locator, heading: RegExp) =>
  sheet.locator('section').filter({ has: sheet.page().getByRole('heading', { name: heading }) })

test('adds tags to many: says who has them already, and leaves all else as it was', async ({ page }) => {
  const { tag, images } = await createImages(tenant.api, 4, (index) => ({ own: `v${index}` }))
  const [first, second, ...others] = images
  if (first === undefined || second === undefined) throw new Error('no images')
  await tenant.api.replace(first.id, '/tags', [tag, 'one', 'two'])
  await signIn(page, tenant.person)
  await open(page, `/images?tag=${tag}`)
  await selectPage(page)
  await choose(page, 'Add tags…')
  const sheet = page.getByRole('dialog')
  await expectAccessible(page)
  await sheet.getByRole('button', { name: 'Continue' }).click()
  await expect(sheet.getByText('Write something here first')).toBeVisible()
  await sheet.getByRole('textbox').fill('one, two')
  await sheet.getByRole('textbox').press('Enter')
  await expect(sheet.getByRole('heading', { name: '3 images will get one, two' })).toBeVisible()
  const kept = group(sheet, /^1 image will stay/)
  await expect(kept.getByText('It has these tags already')).toBeVisible()
  await expect(kept.getByText(`${tag}-00`)).toBeVisible()
  await expectAccessible(page)
  // Another client adds a tag after the preflight: it must not be lost.
  await tenant.api.replace(second.id, '/tags', [tag, 'theirs'])
  const before = await shown(tenant.api, first)
  await sheet.getByRole('button', { name: 'Tag 3 images' }).click()
  await expect(page.getByText('3 images tagged one, two')).toBeVisible()
  await expect(sheet).toBeHidden()
  expect(await shown(tenant.api, first)).toEqual(before)
  expect((await shown(tenant.api, second)).tags).toEqual([tag, 'theirs', 'one', 'two'])
  for (const [index, image] of others.entries()) {
    expect(await shown(tenant.api, image)).toMatchObject({ tags: [tag, 'one', 'two'], own: `v${index + 2}` })
  }
  // The marks stay for a further act, and Escape takes them away; the focus is where one can go on.
  await expect(more(page)).toBeFocused()
  await choose(page, 'Remove a tag…')
  await sheet.getByRole('button', { name: 'Use theirs' }).click()
  await sheet.getByRole('button', { name: 'Continue' }).click()
  await expect(group(sheet, /^3 images will stay/).getByText('It has no such tag')).toBeVisible()
  await sheet.getByRole('button', { name: 'Remove from 1 image' }).click()
  await expect(page.getByText('Tag theirs removed from 1 image')).toBeVisible()
  await expect(sheet).toBeHidden()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('region', { name: /selected/ })).toBeHidden()
})

test('each reversible act is looked at before, and done with the keyboard alone', async ({ page }) => {
  const { tag, images } = await createImages(tenant.api, 2)
  const [image] = images
  if (image === undefined) throw new Error('no image')
  await signIn(page, tenant.person)
  await open(page, `/images?tag=${tag}`)
  await page.getByRole('checkbox', { name: `Select ${tag}-00` }).press('Space')
  // A menu is a dialog too, for as long as it fades out.
  const sheet = page.getByRole('dialog').and(page.locator(':not([data-trigger])'))
  const act = async (item: string, confirm: string, fill?: () => Promise<void>) => {
    await more(page).press('Enter')
    await page.getByRole('menuitem', { name: item }).press('Enter')
    await fill?.()
    await sheet.getByRole('button', { name: confirm }).press('Enter')
    await expect(sheet).toBeHidden()
    await expect(more(page)).toBeFocused()
  }
  await act('Set a property…', 'Set on 1 image', async () => {
    await sheet.getByRole('textbox', { name: 'Property' }).fill('status')
    await sheet.getByRole('textbox', { name: 'Property' }).press('Enter')
    await expect(sheet.getByText('The Image API has its own meaning for this name')).toBeVisible()
    await sheet.getByRole('textbox', { name: 'Property' }).fill('os_distro')
    await sheet.getByRole('textbox', { name: 'Value' }).fill('debian')
    await sheet.getByRole('textbox', { name: 'Value' }).press('Enter')
    await expect(sheet.getByText('1 image will have os_distro = debian')).toBeVisible()
  })
  expect(await shown(tenant.api, image)).toMatchObject({ os_distro: 'debian' })
  await act('Remove a property…', 'Remove from 1 image', async () => {
    await sheet.getByRole('textbox', { name: 'Property' }).fill('os_distro')
    await sheet.getByRole('textbox', { name: 'Property' }).press('Enter')
  })
  expect(await shown(tenant.api, image)).not.toHaveProperty('os_distro')
  await act('Protect…', 'Protect 1 image')
  expect(await shown(tenant.api, image)).toMatchObject({ protected: true })
  await act('Remove protection…', 'Unprotect 1 image')
  expect(await shown(tenant.api, image)).toMatchObject({ protected: false })
  await act('Hide from lists…', 'Hide 1 image')
  expect(await shown(tenant.api, image)).toMatchObject({ os_hidden: true })
})

test('opening many to everybody says who gains access, and what the rules forbid', async ({ page }) => {
  const { tag, images } = await createImages(admin, 2)
  const foreign = await createImages(tenant.api, 1, () => ({ tags: [tag] }))
  await signIn(page)
  await open(page, `/images?tag=${tag}&view=every`)
  await selectPage(page)
  await choose(page, 'Change visibility…')
  await page.getByRole('dialog').getByText('public', { exact: true }).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Continue' }).click()
  const sheet = page.getByRole('alertdialog')
  await expect(sheet.getByText(/Every project of this cloud gains access/)).toBeVisible()
  await expectAccessible(page)
  await sheet.getByRole('button', { name: 'Make 3 images public' }).click()
  await expect(page.getByText('3 images made public')).toBeVisible()
  for (const image of [...images, ...foreign.images]) {
    expect(await shown(admin, image)).toMatchObject({ visibility: 'public' })
  }
  // A member sees them now, and is told that it can do nothing to those of others.
  await page.context().clearCookies()
  await signIn(page, tenant.person)
  await open(page, `/images?tag=${tag}`)
  await selectPage(page)
  await choose(page, 'Protect…')
  const refused = group(page.getByRole('dialog'), /^2 images will stay/)
  await expect(refused.getByText('The rules of this cloud do not allow it to you')).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Protect 1 image' }).click()
  await expect(page.getByText('1 image protected')).toBeVisible()
})

test('administrators deactivate and reactivate many; one without data is named with its reason', async ({ page }) => {
  const { tag, images } = await createImages(admin, 3)
  for (const { id } of images.slice(0, 2)) await admin.upload(id, Buffer.from('data'))
  await signIn(page)
  await open(page, `/images?tag=${tag}`)
  await selectPage(page)
  await choose(page, 'Deactivate…')
  const sheet = page.getByRole('dialog')
  await expect(group(sheet, /^1 image will stay/).getByText('It is not active')).toBeVisible()
  await sheet.getByRole('button', { name: 'Deactivate 2 images' }).click()
  await expect(page.getByText('2 images deactivated')).toBeVisible()
  const statuses = () => Promise.all(images.map(async ({ id }) => (await admin.show(id)).status))
  expect(await statuses()).toEqual(['deactivated', 'deactivated', 'queued'])
  await choose(page, 'Reactivate…')
  await sheet.getByRole('button', { name: 'Reactivate 2 images' }).click()
  await expect(page.getByText('2 images reactivated')).toBeVisible()
  expect(await statuses()).toEqual(['active', 'active', 'queued'])
})

test('all that match are a query: counted on the server, and what matches when it runs is done', async ({ page }) => {
  const { tag, images } = await createImages(tenant.api, 60, (index) => ({ protected: index % 20 === 0 }))
  await signIn(page, tenant.person)
  await open(page, `/images?tag=${tag}&sort=-name&n=25`)
  const all = page.getByRole('button', { name: 'Select all 60 that match' })
  await page.getByRole('checkbox', { name: `Select ${tag}-59` }).press('Space')
  await expect(all).toBeHidden()
  await selectPage(page)
  await all.click()
  const bar = page.getByRole('region', { name: 'All 60 that match selected' })
  await expect(bar).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Next' }).click()
  await expect(page.getByRole('checkbox', { name: `Select ${tag}-30` })).toBeChecked()
  await choose(page, 'Protect…')
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByRole('heading', { name: '57 images will be protected from deletion' })).toBeVisible()
  await expect(group(sheet, /^3 images will stay/).getByText('It is so already')).toBeVisible()
  await expect(sheet.getByText(/the images that match when it runs/)).toBeVisible()
  await expectAccessible(page)
  // One leaves the query and one is protected after the preflight.
  const [left, late] = [images[5], images[6]]
  if (left === undefined || late === undefined) throw new Error('no images')
  await tenant.api.replace(left.id, '/tags', [])
  await tenant.api.replace(late.id, '/protected', true)
  await sheet.getByRole('button', { name: 'Protect 57 images' }).click()
  await expect(page.getByText('55 images protected')).toBeVisible()
  const isProtected = await Promise.all(images.map(async (image) => (await shown(tenant.api, image)).protected))
  expect(isProtected.filter(Boolean)).toHaveLength(59)
  expect(await shown(tenant.api, left)).toMatchObject({ protected: false })

  // Of another query nothing is selected.
  await open(page, `/images?tag=${tag}&n=25`)
  await selectPage(page)
  await all.or(page.getByRole('button', { name: 'Select all 59 that match' })).click()
  await expect(page.getByRole('region', { name: /All .* that match selected/ })).toBeVisible()
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: /My project/ })
    .click()
  await page.waitForURL(/view=mine/)
  await expect(page.getByRole('region', { name: /selected/ })).toBeHidden()
})

test('failures are told one by one with what was done, and are kept for the audit', async ({ page }) => {
  const { tag, images } = await createImages(tenant.api, 3)
  await signIn(page, tenant.person)
  await open(page, `/images?tag=${tag}`)
  await selectPage(page)
  await page.getByRole('button', { name: 'Delete…' }).click()
  const sheet = page.getByRole('alertdialog')
  await sheet.getByRole('textbox').fill('3')
  await tenant.api.replace(images[1]?.id ?? '', '/protected', true)
  await tenant.api.remove(images[2]?.id ?? '')
  await sheet.getByRole('textbox').press('Enter')
  const results = page.getByRole('dialog', { name: 'What happened' })
  await expect(results.getByText('1 image deleted')).toBeVisible()
  await expect(results.getByText('2 images not deleted')).toBeVisible()
  await expect(results.getByText(`${tag}-01`)).toBeVisible()
  await expect(results.getByText('It is gone, or no longer yours to see')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect(results).toBeHidden()
  await page.context().clearCookies()
  await signIn(page)
  const answer = await page.request.get(`/api/ui/audit?image=${images[1]?.id}`)
  expect(await answer.text()).toContain(`DELETE /images/${images[1]?.id}`)
})

test('what was done to many is taken back where it was done alone, and the results stay with the tasks', async ({
  page,
}) => {
  const { tag, images } = await createImages(tenant.api, 4, (index) => (index === 0 ? { os_distro: 'suse' } : {}))
  const [first, second] = images
  if (first === undefined || second === undefined) throw new Error('no images')
  await signIn(page, tenant.person)
  await open(page, `/images?tag=${tag}`)
  await selectPage(page)
  await choose(page, 'Set a property…')
  const sheet = page.getByRole('dialog')
  await sheet.getByRole('textbox', { name: 'Property' }).fill('os_distro')
  await sheet.getByRole('textbox', { name: 'Value' }).fill('debian')
  await sheet.getByRole('textbox', { name: 'Value' }).press('Enter')
  // It has the value before the act gets to it, so it is not changed by it and must not be changed back.
  await expect(sheet.getByText('4 images will have os_distro = debian')).toBeVisible()
  await tenant.api.add(second.id, '/os_distro', 'debian')
  await sheet.getByRole('button', { name: 'Set on 4 images' }).click()
  const toast = page.getByRole('alertdialog').filter({ hasText: 'os_distro set on 3 images' })
  await toast.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('It is as it was before')).toBeVisible()
  const distros = await Promise.all(images.map(async (image) => (await shown(tenant.api, image)).os_distro))
  expect(distros).toEqual(['suse', 'debian', undefined, undefined])

  await open(page, '/tasks?view=bulk')
  const runs = page.getByRole('list', { name: 'Tasks: Acts on many images' })
  const run = runs.getByRole('listitem').filter({ hasText: 'os_distro set on 3 images' })
  await expect(run).toContainText('1 image left as they are')
  await run.getByText('What was not changed, and why').click()
  await expect(run.getByText('1: It is so already')).toBeVisible()
  await expectAccessible(page)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

test('at 390 px the bar and the sheet fit, and work by touch', async ({ page }) => {
  const { tag, images } = await createImages(tenant.api, 2)
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(page, tenant.person)
  await open(page, `/images?tag=${tag}`)
  // The table has no head here; the rest of the page is marked from the menu.
  await page.getByRole('checkbox', { name: `Select ${tag}-00` }).press('Space')
  await choose(page, 'Select all rows on this page')
  const bar = await page.getByRole('region', { name: '2 selected' }).boundingBox()
  expect(bar?.x).toBeGreaterThanOrEqual(0)
  expect((bar?.x ?? 0) + (bar?.width ?? 0)).toBeLessThanOrEqual(390)
  await choose(page, 'Hide from lists…')
  await expectAccessible(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.getByRole('dialog').getByRole('button', { name: 'Hide 2 images' }).click()
  await expect(page.getByText('2 images hidden')).toBeVisible()
  for (const image of images) expect(await shown(tenant.api, image)).toMatchObject({ os_hidden: true })
})
