import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test'
import { CHUNK_MAX_BYTES } from '@/lib/uploads/client/sending'
import { chooseFile, createdId, sha512Of } from '../browser/support/files'
import { ImageApi } from '../browser/support/image-api'
import { Line } from '../browser/support/line'
import { open } from '../browser/support/open'
import { signIn } from '../browser/support/sign-in'
import { makeSparseFile } from '../load/measure.mjs'
import { signIn as tokenOf } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'
import { browserBytes } from './browser-memory'

const mib = 1024 ** 2
const setting = (name: string, usual: number) => Number(process.env[`GLIMPSE_TEST_TORTURE_${name}`] ?? usual)
/** 20 GiB of which 2 GiB are data; sizes in MiB. */
const sizeMib = setting('MIB', 20 * 1024)
const dataMib = setting('DATA_MIB', 2 * 1024)
const breaks = setting('BREAKS', 50)
const seed = setting('SEED', 7)
const growthMax = 150 * mib

const kinds = ['tab closed', 'server killed', 'line cut', 'offline', 'session ended'] as const
type Kind = (typeof kinds)[number]

const folder = mkdtempSync(join(process.env.GLIMPSE_TEST_TORTURE_FOLDER ?? tmpdir(), 'glimpse-torture-'))
let server: Awaited<ReturnType<typeof startServer>>
let line: Line
let token = ''
let api: ImageApi

test.beforeAll(async () => {
  server = await startServer()
  line = await Line.to(server.url)
  const admin = { username: 'admin', password: server.adminPassword, projectName: 'admin' }
  token = (await tokenOf(server.authUrl, admin)).token
  api = ImageApi.withToken(token, server.url)
})
test.afterAll(async () => {
  await line.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test(`Upload torture: ${sizeMib} MiB with ${dataMib} MiB of data, ${breaks} breaks: ends, one piece a break is sent again, same digest`, async ({
  browser,
}) => {
  const path = join(folder, 'torture.raw')
  await makeSparseFile(path, sizeMib * mib, dataMib * mib)
  const random = randomFrom(seed)
  const context = await browser.newContext({ baseURL: line.url })
  let page = await context.newPage()
  await signInHere(page)
  await open(page, '/images/new')
  const before = browserBytes()
  let highest = before
  // Not while a break is made: a second tab for a moment has nothing to do with the upload.
  let isWatching = true
  const watch = setInterval(() => {
    if (isWatching) highest = Math.max(highest, browserBytes())
  }, 1000)
  try {
    line.bytesUp = 0
    await chooseFile(page, path)
    const startedAt = performance.now()
    await page.getByRole('button', { name: 'Create and upload' }).click()
    const imageId = await createdId(page)
    for (let index = 0; index < breaks; index++) {
      const kind = kinds[Math.floor(random() * kinds.length)] ?? 'line cut'
      const share = ((index + random()) / (breaks + 1)) * 100
      await progressOf(trayOf(page), share)
      console.log(`${index + 1}: ${kind} at ${share.toFixed(1)} %`)
      isWatching = false
      page = await happen(kind, { page, context, path })
      isWatching = true
    }
    await expect(trayOf(page).getByText(/^Uploaded, /)).toBeVisible({ timeout: 30 * 60_000 })
    const seconds = (performance.now() - startedAt) / 1000
    const again = line.bytesUp - dataMib * mib
    console.log(
      `${seconds.toFixed(0)} s; sent again ${(again / mib).toFixed(0)} MiB over ${breaks} breaks; the browser grew by ${((highest - before) / mib).toFixed(0)} MiB from ${(before / mib).toFixed(0)}`,
    )
    expect(again).toBeLessThanOrEqual(breaks * CHUNK_MAX_BYTES + dataMib * mib * 0.02)
    expect(highest - before).toBeLessThan(growthMax)
    const image = await api.show(imageId)
    expect(image).toMatchObject({ status: 'active', size: sizeMib * mib, os_hash_value: await sha512Of(path) })
    await api.remove(imageId)
  } finally {
    clearInterval(watch)
    await context.close()
    rmSync(path)
  }
})

interface Scene {
  readonly page: Page
  readonly context: BrowserContext
  readonly path: string
}

/** Lets something happen to an upload, and does what a person would do then; the page that goes on. */
async function happen(kind: Kind, { page, context, path }: Scene): Promise<Page> {
  const tray = trayOf(page)
  const isWaiting = () => expect(tray.getByText(/Waiting for the network|Your session has ended/)).toBeVisible()
  switch (kind) {
    case 'tab closed': {
      await page.close()
      const next = await context.newPage()
      await open(next, '/images')
      await chooseFile(next, path, trayOf(next).getByRole('button', { name: 'Choose the file' }))
      return next
    }
    case 'server killed':
      await server.kill()
      await server.restart()
      return page
    case 'line cut':
      line.cut()
      await isWaiting()
      line.mend()
      return page
    case 'offline':
      await context.setOffline(true)
      await page.waitForTimeout(3000)
      await context.setOffline(false)
      return page
    case 'session ended': {
      await context.clearCookies()
      await page.waitForTimeout(1500)
      const other = await context.newPage()
      await signInHere(other)
      await other.close()
      return page
    }
  }
}

function signInHere(page: Page): Promise<void> {
  return signIn(page, { name: 'admin', password: server.adminPassword }, line.url)
}

function trayOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Transfers' })
}

/** Until an upload has come so far, or is done. */
async function progressOf(tray: Locator, percent: number): Promise<void> {
  const reached = async () => {
    if (await tray.getByText(/^Uploaded, /).isVisible()) return 100
    const bar = tray.getByRole('progressbar').first()
    return Number((await bar.getAttribute('aria-valuenow', { timeout: 5000 }).catch(() => null)) ?? 0)
  }
  await expect.poll(reached, { intervals: [200], timeout: 20 * 60_000 }).toBeGreaterThanOrEqual(percent)
}

/** Mulberry32: the same breaks for the same seed. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
