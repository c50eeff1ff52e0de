// The catalog as a person uses it, with 100,000 images on SQLite and on PostgreSQL, and with a million on PostgreSQL: first
// row, filters, free text, deep pages, and the pages that count over all images.
import { join } from 'node:path'
import { launchChromium } from '../support/chromium.mjs'
import { cookiesFor, dashboardCookies } from '../support/dashboard-client.mjs'
import { createDatabase, startPostgres } from '../support/postgres.mjs'
import { median, table } from './measure.mjs'
import { seedImages, seedPostgres } from './seed.mjs'
import { startGlimpse } from './targets.mjs'
import { verdict } from './verdicts.mjs'

const FIRST_BYTE_MS_MAX = 200
const ROWS_MS_MAX = 300
const FIRST_ROW_MS_MAX = 1200
const PER_PAGE = 50
const SAMPLES = 20

export async function benchCatalog({ folder, port, rounds }) {
  const postgres = await startPostgres()
  const found = []
  try {
    for (const { name, total, isSqlite } of [
      { name: 'SQLite, 100,000', total: 100_000, isSqlite: true },
      { name: 'PostgreSQL, 100,000', total: 100_000, isSqlite: false },
      { name: 'PostgreSQL, 1,000,000', total: 1_000_000, isSqlite: false },
    ]) {
      const data = join(folder, 'catalog')
      const url = isSqlite ? undefined : await createDatabase(postgres.url)
      const settings = url === undefined ? {} : { GLIMPSE__DATABASE__URL: url }
      const glimpse = await startGlimpse({ folder: data, port, settings })
      try {
        const ownerId = glimpse.projectId
        const began = performance.now()
        if (url === undefined) seedImages({ folder: data, ownerId, total })
        else await seedPostgres({ url, ownerId, total })
        console.log(`${name}: seeded in ${Math.round((performance.now() - began) / 1000)} s`)
        const figures = await measure({ glimpse, total, rounds: Math.max(rounds, 3) })
        found.push({ name, ...figures })
      } finally {
        await glimpse.stop()
      }
    }
  } finally {
    await postgres.stop()
  }
  report(found)
}

async function measure({ glimpse, total, rounds }) {
  const { origin, password } = glimpse
  const cookie = await dashboardCookies(origin, 'admin', password)
  const lists = await listsOf(glimpse, total)
  const served = []
  for (const [what, path] of lists) {
    const ms = await firstBytes(`${origin}${path}`, cookie)
    // A run takes minutes: what it finds is said at once.
    console.log(`  ${what}: ${Math.round(ms)} ms`)
    served.push([what, ms])
  }
  const browser = await launchChromium()
  try {
    const samples = new Map()
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
      await context.addCookies(cookiesFor(origin, cookie))
      const note = (what, ms) => samples.set(what, [...(samples.get(what) ?? []), ms])
      await walk({ page: await context.newPage(), origin, total, note, lists })
      await context.close()
    }
    return { served, seen: [...samples].map(([what, values]) => [what, median(values)]) }
  } finally {
    await browser.close()
  }
}

/** Addresses of lists and of what counts over all images. */
async function listsOf(glimpse, total) {
  const deep = total - 499 * PER_PAGE - 1
  const at = new Date(Date.UTC(2026, 0, 1) + deep * 1000)
  const answer = await fetch(`${glimpse.origin}/v2/images?name=image-${deep}&limit=1`, { headers: glimpse.headers })
  const { images } = await answer.json()
  const cursor = Buffer.from(JSON.stringify([at.getTime(), images[0].id])).toString('base64url')
  const list = `/images?n=${PER_PAGE}`
  return [
    ['first page', list],
    ['page 500', `${list}&after=${cursor}`],
    ['by tag', `${list}&tag=group-7`],
    ['by property', `${list}&property=build%3Db77`],
    ['by name order', `${list}&sort=name`],
    ['by size order', `${list}&sort=-size`],
    ['text that one has', `${list}&q=image-${total - 5678}`],
    ['text that an eighth has', `${list}&q=debian`],
    ['text that all have', `${list}&q=image-`],
    ['text that none has', `${list}&q=nothing-like-it`],
    ['families by name', '/images/families'],
    ['families by system', '/images/families?by=os'],
    ['usage', '/usage'],
    ['new image', '/images/new'],
  ]
}

/** Milliseconds to the first byte; the largest of twenty but one, as 95 % are not slower. */
async function firstBytes(url, cookie) {
  const times = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    const began = performance.now()
    const answer = await fetch(url, { headers: { Cookie: cookie, Accept: 'text/html' }, redirect: 'manual' })
    const ms = performance.now() - began
    await answer.text()
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
    if (sample > 0) times.push(ms)
  }
  return times.sort((one, other) => one - other).at(-2)
}

/** From an act to the rows that it asks for. */
async function walk({ page, origin, total, note, lists }) {
  const grid = page.getByRole('grid')
  const row = (name) => grid.getByRole('link', { name, exact: true }).waitFor({ timeout: 60_000 })
  const timed = async (what, act) => {
    const began = performance.now()
    await act()
    note(what, performance.now() - began)
  }
  const last = total - 1
  await page.goto(`${origin}/images`)
  await row(`image-${last}`)
  await timed('first row, page opened', async () => {
    await page.goto(`${origin}/images?n=${PER_PAGE}`)
    await row(`image-${last}`)
  })
  await page.waitForLoadState('networkidle')
  await timed('next page', async () => {
    await page.getByRole('button', { name: 'Next' }).click()
    await row(`image-${last - PER_PAGE}`)
  })
  const [, deep] = lists.find(([what]) => what === 'page 500')
  await page.goto(`${origin}${deep}`, { waitUntil: 'networkidle' })
  await timed('page 501 by Next', async () => {
    await page.getByRole('button', { name: 'Next' }).click()
    await row(`image-${total - 499 * PER_PAGE - 2 - PER_PAGE}`)
  })
  const searches = [
    ['tag chosen', 'tag:group-7', `image-${last - ((last - 7) % 500)}`],
    ['text that one has', `image-${total - 5678}`, `image-${total - 5678}`],
    ['text that an eighth has', 'debian', `image-${last - (last % 8)}`],
    ['text that all have', 'image-', `image-${last}`],
  ]
  const filter = page.getByRole('combobox', { name: 'Filter or search images' })
  for (const [what, text, name] of searches) {
    await page.goto(`${origin}/images`, { waitUntil: 'networkidle' })
    await filter.fill(text)
    await timed(what, async () => {
      await filter.press('Enter')
      await page.waitForURL(/[?&](tag|q)=/)
      await row(name)
    })
  }
}

const others = ['families by name', 'families by system', 'usage', 'new image']

function report(found) {
  const rowsOf = (key) =>
    found[0][key].map(([what], index) => [what, ...found.map((one) => Math.round(one[key][index][1]))])
  const columns = ['', ...found.map(({ name }) => name)]
  console.log(table('First byte of a page, ms (19 of 20)', columns, rowsOf('served')))
  console.log(table('In Chromium, from the act to its rows, ms (median)', columns, rowsOf('seen')))
  for (const { name, served, seen } of found) {
    // The others count over all images, and have no bound.
    for (const [what, ms] of served.filter(([what]) => !others.includes(what)))
      verdict(`${name}: first byte, ${what}, ms`, Math.round(ms), { atMost: FIRST_BYTE_MS_MAX })
    for (const [what, ms] of seen.filter(([what]) => !what.includes('page') || what.startsWith('first')))
      verdict(`${name}: ${what}, ms`, Math.round(ms), {
        atMost: what.startsWith('first row') ? FIRST_ROW_MS_MAX : ROWS_MS_MAX,
      })
  }
}
