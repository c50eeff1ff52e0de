import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import type { ApiImage } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

let giver: Tenant
let taker: Tenant
let image: ApiImage
let imageName = ''

test.beforeAll(async () => {
  ;[giver, taker] = [await createTenant('giver'), await createTenant('taker')]
  imageName = `offer-${giver.projectName}`
  image = await giver.api.create({
    name: imageName,
    disk_format: 'raw',
    container_format: 'bare',
    visibility: 'private',
  })
  await giver.api.upload(image.id, Buffer.from('bytes'))
})

test.afterAll(async () => {
  await giver.api.remove(image.id)
  await giver.remove()
  await taker.remove()
})

const rail = (page: Page) => page.getByRole('navigation', { name: 'Rooms' })

test('9. Share, inbox, accept, reject, leave, between two projects, with live badge', async ({ page, browser }) => {
  // The other project finds its id in its empty inbox.
  const other = await (await browser.newContext()).newPage()
  await signIn(other, taker.person)
  await open(other, '/images/inbox')
  await expect(other.getByRole('heading', { name: 'Nothing is offered to this project' })).toBeVisible()
  await expect(other.getByText(taker.projectId)).toBeVisible()
  await expectAccessible(other)

  await signIn(page, giver.person)
  await open(page, `/images/${image.id}/sharing`)
  await expect(page.getByRole('heading', { name: 'This image is not shared' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Share this image' }).click()
  await page.getByLabel('Project IDs').fill(`${taker.projectId}, no-such-project`)
  await page.getByRole('button', { name: 'Offer to project' }).click()
  const members = page.getByRole('list', { name: 'Projects' })
  const row = members.getByRole('listitem').filter({ hasText: taker.projectId })
  await expect(row.getByText('waiting')).toBeVisible()
  await expectAccessible(page)

  // The badge comes without a reload; then the offer is accepted, and the owner sees that.
  await expect(rail(other).getByRole('link', { name: /Inbox\s*1 waiting/ })).toBeVisible()
  const offers = other.getByRole('list', { name: 'Offers: Waiting' })
  await expect(offers.getByRole('link', { name: imageName })).toBeVisible()
  await expect(offers.getByText(giver.projectId)).toBeVisible()
  await expectAccessible(other)
  await offers.getByRole('button', { name: 'Accept' }).click()
  await expect(rail(other).getByRole('link', { name: 'Inbox', exact: true })).toBeVisible()
  await expect(row.getByText('accepted')).toBeVisible()
  await open(other, '/images?view=shared')
  await expect(other.getByRole('grid').getByRole('link', { name: imageName })).toBeVisible()

  // Leaving, and coming back by Undo.
  await open(other, `/images/${image.id}/sharing`)
  await expect(other.getByText('Your project has accepted this image.')).toBeVisible()
  await expectAccessible(other)
  await other.getByRole('button', { name: 'Take out of my lists' }).click()
  await expect(other.getByText('Your project has rejected this image.')).toBeVisible()
  expect(await giver.api.members(image.id)).toMatchObject({ [taker.projectId]: 'rejected' })
  await other.getByRole('button', { name: 'Undo' }).click()
  await expect(other.getByText('Your project has accepted this image.')).toBeVisible()

  // The owner takes both offers back; the image is gone for the other project.
  await page.getByRole('button', { name: 'Stop sharing with no-such-project' }).click()
  await page.getByRole('button', { name: `Stop sharing with ${taker.projectId}` }).click()
  await expect(page.getByText('Not offered to any project yet.')).toBeVisible()
  expect(await taker.api.statusOf(image.id)).toBe(404)
  await other.context().close()
})

test('what cannot be offered is named, and stays in the field', async ({ page }) => {
  await giver.api.replace(image.id, '/visibility', 'shared')
  await signIn(page, giver.person)
  await open(page, `/images/${image.id}/sharing`)
  const field = page.getByLabel('Project IDs')
  await field.fill(`twice ${'x'.repeat(300)}`)
  await page.getByRole('button', { name: 'Offer to project' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toContainText('cannot be longer than 255 characters')
  await expect(field).toHaveValue('x'.repeat(300))
  await field.fill('twice')
  await page.getByRole('button', { name: 'Offer to project' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toContainText('duplicated')
  expect(Object.keys(await giver.api.members(image.id))).toEqual(['twice'])
})
