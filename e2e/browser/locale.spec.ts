import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

/** What came from the API or is a word of it, which no language changes. */
const data = [
  /^(Glimpse|admin|Default|default|(member|reader)(, (member|reader))*|English|Deutsch|pseudo-(image|tag|[0-9a-f]{8}))$/,
  /^(bare|raw|qcow2|vmdk|vhd|vhdx|vdi|iso|ami|aki|ari|ploop|ova|ovf|docker|compressed)( \/ (bare|ova))?$/,
  /^(md5|sha256|sha512|SHA-512|MD5|status|size|checksum|[a-z]+_[a-z_]+|debian|queued|saving|active|private|shared|file|archive|web)$/,
  /^(req-)?[0-9a-f-]{32,128}$/,
  /^([\d.,]+ )?(bytes|byte|KiB|MiB|GiB)$/,
  /^[0-9a-f]{16}…[0-9a-f]{8,16}$/,
  /nothing-is-called-so|^Where images go unless told otherwise$/,
]
let tenant: Tenant
let imageId: string

test.beforeAll(async () => {
  tenant = await createTenant('pseudo')
  const image = await tenant.api.create({
    name: 'pseudo-image',
    disk_format: 'raw',
    container_format: 'bare',
    tags: ['pseudo-tag'],
    os_distro: 'debian',
  })
  imageId = image.id
  await tenant.api.upload(imageId, Buffer.alloc(70_000, 7))
})

test.afterAll(async () => {
  await tenant.api.remove(imageId)
  await tenant.remove()
})

const routes = (): readonly string[] => [
  '/images',
  '/images?q=nothing-is-called-so',
  '/images/new',
  '/images/inbox',
  '/images/families',
  '/images/compare',
  '/uploads',
  '/tasks',
  '/usage',
  '/account',
  ...['', '/properties', '/sharing', '/locations', '/tasks', '/security', '/history'].map(
    (tab) => `/images/${imageId}${tab}`,
  ),
]

test('22. Pseudo-locale on every route: no text is hard-coded, and nothing is clipped when it is two fifths longer', async ({
  page,
  context,
}) => {
  test.setTimeout(180_000)
  await signIn(page, tenant.person)
  await speak(context, 'en-XA')
  const complaints = complaintsOf(page)
  const found: string[] = []
  for (const route of routes()) {
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      if (width === 1280) {
        await open(page, route)
        found.push(...(await plainTexts(page)).map((text) => `${route}: ${text}`))
      }
      found.push(...(await clippedTexts(page)).map((text) => `${route} at ${width}: ${text} is clipped`))
    }
  }
  expect(found).toEqual([])
  expect(complaints).toEqual([])
})

test('a reader is spoken to in the language of the browser, or in the chosen one', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'de-AT' })
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  await page.goto('/signin', { waitUntil: 'networkidle' })
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await page.getByRole('textbox', { name: 'Benutzername' }).fill(tenant.person.name)
  await page.getByLabel('Passwort').fill(tenant.person.password)
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await page.waitForURL(/\/images$/)
  await expect(page.getByRole('link', { name: 'Neues Image' })).toBeVisible()
  await expect(page.getByRole('columnheader', { name: 'Geändert' })).toBeVisible()
  await page.getByRole('button', { name: `Konto von ${tenant.person.name}` }).click()
  await page.getByRole('radio', { name: 'English' }).click()
  await expect(page.getByRole('link', { name: 'New image' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.reload({ waitUntil: 'networkidle' })
  await expect(page.getByRole('link', { name: 'New image' })).toBeVisible()
  expect(complaints).toEqual([])
  await context.close()
})

async function speak(context: BrowserContext, locale: string): Promise<void> {
  const url = process.env.GLIMPSE_TEST_URL ?? ''
  await context.addCookies([{ name: 'glimpse-locale', value: locale, url }])
}

/** What the browser complains of, as when the server and the page speak different languages. */
function complaintsOf(page: Page): string[] {
  const heard: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(message.text())
  })
  page.on('pageerror', (error) => heard.push(error.message))
  return heard
}

/** Texts, names and titles of what is shown that came from no catalog. */
async function plainTexts(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const isShown = (element: Element) => element.checkVisibility({ visibilityProperty: true })
    const found = new Set<string>()
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement
      if (parent === null || parent.closest('script, style, template, pre, code, time') !== null) continue
      // A name that may break between its parts is still one.
      const whole = parent.querySelector(':scope > wbr') === null ? node : parent
      if (isShown(parent)) found.add((whole.textContent ?? '').trim())
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      if (!isShown(element) || element.closest('time, pre') !== null) continue
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) found.add(element.getAttribute(name) ?? '')
    }
    return [...found]
  })
  return texts.filter(
    (text) =>
      /[a-z]{2}/i.test(text) && !/[^\0-\u024f–…·“”’„×→]|[à-žÀ-Žƀ-ɏ~]/.test(text) && !data.some((one) => one.test(text)),
  )
}

async function clippedTexts(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const found: string[] = []
    const room = document.documentElement
    if (room.scrollWidth > room.clientWidth) found.push(`the page (${room.scrollWidth} px)`)
    for (const element of document.querySelectorAll('button, a, h1, h2, label, dt, th, legend')) {
      if (!(element instanceof HTMLElement) || !element.checkVisibility({ visibilityProperty: true })) continue
      const style = getComputedStyle(element)
      // What ends in dots says that there is more, and shows it on demand.
      if (style.textOverflow === 'ellipsis' || element.querySelector('.truncate') !== null) continue
      if (style.position === 'absolute' || style.display === 'inline') continue
      if (element.scrollWidth > element.clientWidth + 1) found.push(element.textContent ?? '')
    }
    return found
  })
}
