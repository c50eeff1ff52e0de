import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { type ApiImage, ImageApi } from './support/image-api'
import { expectKeyboard } from './support/keyboard'
import { open } from './support/open'
import { signIn } from './support/sign-in'

const longName = 'a-name-that-nobody-would-choose-but-some-script-does-'.repeat(4).slice(0, 200)
let api: ImageApi
let image: ApiImage
let twin: ApiImage

test.beforeAll(async () => {
  api = await ImageApi.asAdmin()
  image = await api.create({
    name: longName,
    disk_format: 'raw',
    container_format: 'bare',
    tags: ['one', 'two', longName.slice(0, 120)],
    [`x_${longName.slice(0, 100)}`]: longName,
  })
  await api.upload(image.id, Buffer.alloc(1024))
  twin = await api.create({ name: longName, tags: ['one'] })
})

test.afterAll(async () => {
  await api.remove(image.id)
  await api.remove(twin.id)
})

const rooms: Readonly<Record<string, () => string>> = {
  'the catalog': () => '/images',
  'the catalog without rows': () => '/images?q=nothing-is-called-so',
  'the catalog with an address that is wrong': () => '/images?colour=red&n=7&sort=-nothing',
  'an image': () => `/images/${image.id}`,
  'where the data of an image is': () => `/images/${image.id}/locations`,
  'what is known of the security of an image': () => `/images/${image.id}/security`,
  'the properties of an image': () => `/images/${image.id}/properties`,
  'who an image is shared with': () => `/images/${image.id}/sharing`,
  'the tasks of an image': () => `/images/${image.id}/tasks`,
  'the history of an image': () => `/images/${image.id}/history`,
  'images side by side': () => `/images/compare?ids=${image.id},${twin.id}&all=1`,
  'too few images to be compared': () => `/images/compare?ids=${image.id}`,
  'families of images': () => '/images/families?view=all',
  'families by system': () => '/images/families?by=os&view=all',
  'a family that does not exist': () => '/images/families/nothing',
  'how to use an image': () => `/images/${image.id}/use`,
  'an image as JSON': () => `/images/${image.id}/raw`,
  'an image that does not exist': () => '/images/00000000-0000-4000-8000-000000000000',
  'a new image': () => '/images/new',
  'a new version of an image': () => `/images/new?from=${image.id}`,
  'the inbox': () => '/images/inbox',
  'unfinished uploads': () => '/uploads',
  'the tasks': () => '/tasks',
  'a task that does not exist': () => '/tasks/00000000-0000-4000-8000-000000000000',
  'the usage': () => '/usage',
  'the account': () => '/account',
  'an address without a page': () => '/nothing',
}

for (const [name, path] of Object.entries(rooms)) {
  test(`22. Axe, keyboard, reflow and both themes on every route: ${name}`, async ({ page }) => {
    const errors = errorsOf(page)
    await signIn(page)
    await open(page, path())
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 })
      await expectAccessible(page)
    }
    await page.setViewportSize({ width: 1280, height: 720 })
    await expectKeyboard(page)
    for (const width of [768, 390, 320]) {
      await page.setViewportSize({ width, height: 844 })
      await expect.poll(() => sidewaysScroll(page), `sideways scrolling at ${width} px`).toBeLessThanOrEqual(0)
    }
    // Where the bars take their share of little room.
    await expectKeyboard(page)
    expect(errors).toEqual([])
  })
}

test('every link of the frame leads to a page', async ({ page }) => {
  await signIn(page)
  const links = await page.getByRole('complementary').getByRole('link').all()
  expect(links.length).toBeGreaterThan(0)
  for (const link of links) {
    const response = await page.request.get((await link.getAttribute('href')) ?? '')
    expect(response.status()).toBe(200)
  }
})

test('the chosen theme is there before the first paint of the next page', async ({ page }) => {
  await signIn(page)
  await page.getByRole('button', { name: 'Account of admin' }).click()
  await page.getByRole('radio', { name: 'Dark' }).click()
  const html = await (await page.request.get('/images')).text()
  expect(html).toMatch(/<html[^>]*data-theme="dark"/)
})

/** What the page logs and throws; the 404 that a missing page answers with is not one of its errors. */
function errorsOf(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    const isMissingPage = message.text().includes('404') && /nothing|00000000/.test(message.location().url)
    if (message.type() === 'error' && !isMissingPage) errors.push(message.text())
  })
  return errors
}

function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}
