import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import Database from 'better-sqlite3'
import { signIn as signInByApi } from '../support/identity-client'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'

const marks = [
  '<img src=x onerror="window.hacked=1">',
  '"><script>window.hacked=1</script>',
  "javascript:window.hacked=1//'",
  '</script><svg onload=window.hacked=1>',
  '{{constructor.constructor("window.hacked=1")()}}',
]
const bad = marks.join(' ').slice(0, 250)
const namespace = `Test::Safety${Date.now().toString(36)}`
let api: ImageApi
let image: ApiImage
let failed: ApiImage

test.beforeAll(async () => {
  api = await ImageApi.asAdmin()
  image = await api.create({
    name: bad,
    disk_format: 'raw',
    container_format: 'bare',
    visibility: 'shared',
    tags: marks,
    description: marks.join('\n'),
    os_distro: bad,
    zz_marked: bad,
  })
  await api.upload(image.id, Buffer.from('bytes'))
  await api.addMember(image.id, marks[0] ?? '')
  await api.createNamespace({
    namespace,
    display_name: marks[0],
    description: marks.join(' '),
    visibility: 'public',
    resource_type_associations: [{ name: 'OS::Glance::Image' }],
    properties: {
      zz_marked: { title: marks[1], description: marks[3], type: 'string' },
      zz_open: { title: marks[0], description: bad, type: 'string', enum: marks, default: marks[1] },
    },
  })
  failed = await api.create({ name: bad, disk_format: 'qcow2', container_format: 'bare' })
  await api.importStaged(failed.id, Buffer.alloc(512, 'x'))
})
test.afterAll(async () => {
  await api.removeNamespace(namespace)
  for (const { id } of [image, failed]) await api.remove(id)
})

/** Addresses of the dashboard that lead to nothing but pages. */
const pages = () => [
  '/images',
  `/images?q=${encodeURIComponent(bad)}`,
  `/images?tag=${encodeURIComponent(marks[0] ?? '')}&bogus=${encodeURIComponent(bad)}`,
  `/images?peek=${image.id}`,
  ...['', '/properties', '/sharing', '/tasks', '/use', '/raw'].map((tab) => `/images/${image.id}${tab}`),
  `/images/${failed.id}/tasks`,
  `/images/${encodeURIComponent(bad)}`,
  '/images/new',
  '/images/inbox',
  '/tasks',
  `/tasks/${encodeURIComponent(bad)}`,
  '/usage',
  '/account',
]

async function watch(page: Page): Promise<() => Promise<string[]>> {
  const found: string[] = []
  page.on('dialog', (dialog) => {
    found.push(`a dialog says ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.addInitScript(() => {
    Object.assign(window, { violations: [] })
    document.addEventListener('securitypolicyviolation', (event) => {
      Reflect.get(window, 'violations').push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
    })
  })
  return async () => {
    const seen = await page.evaluate(() => ({
      violations: Reflect.get(window, 'violations') as string[],
      isHacked: Reflect.has(window, 'hacked'),
    }))
    return [...found, ...seen.violations, ...(seen.isHacked ? ['a script of the data ran'] : [])]
  }
}

test('19. XSS set (names, descriptions, metadef titles, file names, error texts) renders inert; CSP report is empty', async ({
  page,
}) => {
  const findings = await watch(page)
  await signIn(page)
  for (const path of pages()) {
    await open(page, path)
    expect(await findings(), path).toEqual([])
  }
  await open(page, `/images/${image.id}/properties`)
  await expect(page.getByText(marks[1] ?? '').first()).toBeVisible()
  await page.getByLabel('Find a property').fill('zz_open')
  await page.getByRole('button', { name: 'Add zz_open' }).click()
  expect(await findings()).toEqual([])

  await open(page, '/images/new')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: `${marks[0]}.raw`, mimeType: 'x', buffer: Buffer.from('x') })
  await expect(page.getByText(marks[0] ?? '').first()).toBeVisible()
  expect(await findings()).toEqual([])

  // The same watch sees what does run.
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.hacked = 1'
    document.body.append(script)
  })
  await expect.poll(findings).not.toEqual([])
})

test('20. No Keystone token, password or store secret in any HTML, JSON or JS served to the browser', async ({
  page,
}) => {
  const password = process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? ''
  const bodies: Promise<{ url: string; text: string }>[] = []
  page.on('response', (response) => {
    const isStream = response.url().includes('/api/ui/events')
    if (isStream || response.status() >= 300) return
    bodies.push(
      response.text().then(
        (text) => ({ url: response.url(), text }),
        () => ({ url: response.url(), text: '' }),
      ),
    )
  })
  await signIn(page)
  for (const path of pages()) await open(page, path)
  const served = await Promise.all(bodies)
  expect(served.length).toBeGreaterThan(50)
  expect(served.some(({ url }) => url.endsWith('.js'))).toBe(true)

  // Kept are hashes of tokens alone, so each text that could be one is hashed.
  const database = new Database(join(process.env.GLIMPSE_TEST_DATA_FOLDER ?? '', 'glimpse.db'), { readonly: true })
  const rows = database.prepare<[], { idHash: string }>('SELECT "idHash" FROM "IdentityToken"').all()
  database.close()
  const hashes = new Set(rows.map(({ idHash }) => idHash))
  const isToken = (text: string) => hashes.has(createHash('sha256').update(text).digest('hex'))
  const authUrl = process.env.GLIMPSE_TEST_AUTH_URL ?? ''
  const { token } = await signInByApi(authUrl, { username: 'admin', password, projectName: 'admin' })
  const later = new Database(join(process.env.GLIMPSE_TEST_DATA_FOLDER ?? '', 'glimpse.db'), { readonly: true })
  const own = createHash('sha256').update(token).digest('hex')
  expect(
    later.prepare('SELECT 1 FROM "IdentityToken" WHERE "idHash" = ?').get(own),
    'the hash is the one that is kept',
  ).toBeDefined()
  later.close()

  const leaks = served.flatMap(({ url, text }) => {
    const words = new Set(text.match(/[\w-]{20,}/g) ?? [])
    return [
      ...[...words].filter(isToken).map(() => `a token in ${url}`),
      ...(text.includes(password) ? [`the password in ${url}`] : []),
      ...(/gAAAA[\w-]{60,}/.test(text) ? [`a Fernet token in ${url}`] : []),
      ...(/"(secretEncrypted|passwordHash|credential)"/.test(text) ? [`a column of secrets in ${url}`] : []),
    ]
  })
  expect(leaks).toEqual([])
  const cookies = await page.context().cookies()
  expect(cookies.filter(({ httpOnly, value }) => !httpOnly && isToken(value))).toEqual([])
})
