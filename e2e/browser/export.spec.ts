import { readFileSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { z } from 'zod'
import { expectAccessible } from './support/accessible'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'

const tag = `exp${Date.now().toString(36)}`
let api: ImageApi
const made: ApiImage[] = []

test.beforeAll(async () => {
  api = await ImageApi.asAdmin()
  // More than one page of the list, the last with a name that a spreadsheet would run.
  for (let index = 0; index < 29; index++) made.push(await create(`${tag}-${String(index).padStart(2, '0')}`))
  made.push(await create('=cmd|"/c calc"!A1, and\nmore'))
})
test.afterAll(async () => {
  for (const { id } of made) await api.remove(id)
})
test.beforeEach(({ page }) => signIn(page))

const create = (name: string) =>
  api.create({ name, tags: [tag], disk_format: 'raw', container_format: 'bare', os_distro: 'debian' })

async function download(page: Page, item: string): Promise<{ readonly name: string; readonly text: string }> {
  await page.getByRole('button', { name: 'Export' }).click()
  await expectAccessible(page)
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()])
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') }
}

test('exports all that match, in order, with the columns shown and no formula', async ({ page }) => {
  await open(page, `/images?tag=${tag}&sort=-name&cols=name,os,size`)
  const { name, text } = await download(page, 'CSV')
  expect(name).toMatch(/^images-\d{4}-\d{2}-\d{2}\.csv$/)
  const lines = text.split('\r\n')
  expect(lines[0]).toBe('\uFEFFid,name,os_distro,os_version,architecture,size,virtual_size')
  expect(lines.slice(1, 30)).toEqual(
    made
      .slice(0, 29)
      .toReversed()
      .map(({ id }, index) => `${id},${tag}-${String(28 - index).padStart(2, '0')},debian,,,,`),
  )
  expect(lines[30]).toBe(`${made[29]?.id},"'=cmd|""/c calc""!A1, and\nmore",debian,,,,`)
  expect(lines.slice(31)).toEqual([''])

  const json = await download(page, 'JSON')
  const objects = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(json.text))
  expect(objects).toHaveLength(30)
  expect(objects[29]).toEqual({
    id: made[29]?.id,
    name: '=cmd|"/c calc"!A1, and\nmore',
    os_distro: 'debian',
    os_version: null,
    architecture: null,
    size: null,
    virtual_size: null,
  })
})

test('refuses what it does not understand, other sites and strangers, instead of exporting more', async ({
  page,
  playwright,
  baseURL,
}) => {
  const path = `/api/ui/images/export?tag=${tag}`
  expect((await page.request.get(`${path}&as=csv`)).status()).toBe(200)
  expect((await page.request.get(`${path}&as=xml`)).status()).toBe(400)
  const unknown = await page.request.get(`${path}&as=csv&statu=active`)
  expect(unknown.status()).toBe(400)
  expect(await unknown.text()).toContain('statu=active')
  const foreign = await page.request.get(`${path}&as=csv`, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
  expect(foreign.status()).toBe(403)
  const stranger = await playwright.request.newContext({ ...(baseURL !== undefined && { baseURL }) })
  expect((await stranger.get(`${path}&as=csv`)).status()).toBe(401)
  await stranger.dispose()
  const none = await page.request.get('/api/ui/images/export?tag=nothing-has-this&as=json')
  expect(await none.json()).toEqual([])
})
