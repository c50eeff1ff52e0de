// What an upload by the dashboard reaches beside `curl -T` of the same file to the Image API: over loopback, browser,
// hashing of both sides and server on the same cores. Of two files: one without zeros, and one like most disks, of
// which a tenth is data. MiB/s count the file's size, holes too.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { chromium } from '@playwright/test'
import { chromiumPath } from '../support/chromium.mjs'
import { cookiesFor, dashboardCookies } from '../support/dashboard-client.mjs'
import { start, stop, waitUntil } from '../support/processes.mjs'
import { curlPut, GiB, MiB, makeFile, makeSparseFile, median, table } from './measure.mjs'
import { startGlimpse } from './targets.mjs'
import { verdict } from './verdicts.mjs'

export async function benchUploads({ folder, port, rounds, totalBytes }) {
  const path = join(folder, 'upload.raw')
  const glimpse = await startGlimpse({ folder: join(folder, 'uploads'), port })
  const beside = async (title, bytes) => {
    const rates = { browser: [], curl: [] }
    const cookies = cookiesFor(glimpse.origin, await dashboardCookies(glimpse.origin, 'admin', glimpse.password))
    for (let round = 0; round < rounds; round++) {
      const image = await glimpse.create()
      const began = performance.now()
      await curlPut(image.url, path, glimpse.putHeaders)
      rates.curl.push(rateSince(began, bytes))
      await glimpse.remove(image)
      rates.browser.push(await byBrowser({ glimpse, cookies, path, bytes, profile: join(folder, 'profile') }))
    }
    const [browser, curl] = [median(rates.browser), median(rates.curl)]
    const rows = [
      ['curl -T', curl, ''],
      ['the dashboard', browser, browser / curl],
    ]
    console.log(table(`Upload of ${title}`, ['by', 'MiB/s', 'of curl'], rows))
    verdict(`upload of ${title}: the dashboard / curl -T`, browser / curl, { atLeast: 0.8 })
  }
  try {
    const dataBytes = Math.min(totalBytes, GiB)
    await makeFile(path, dataBytes)
    await beside(`${dataBytes / MiB} MiB without zeros`, dataBytes)
    rmSync(path)
    const sparseBytes = 10 * totalBytes
    await makeSparseFile(path, sparseBytes, totalBytes)
    await beside(`${sparseBytes / MiB} MiB of which ${totalBytes / MiB} are data`, sparseBytes)
  } finally {
    await glimpse.stop()
    rmSync(path, { force: true })
  }
}

const rateSince = (began, bytes) => bytes / MiB / ((performance.now() - began) / 1000)

/**
 * MiB a second from the press to an active image. Nobody looks on meanwhile: a driver that is told of every request costs
 * a fifth of the speed.
 */
async function byBrowser({ glimpse, cookies, path, bytes, profile }) {
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
  ]
  const logFile = `${profile}.log`
  const child = start(chromiumPath() ?? 'chromium', [...flags, 'about:blank'], { logFile, env: process.env })
  const portFile = join(profile, 'DevToolsActivePort')
  try {
    await waitUntil(async () => existsSync(portFile), { child, what: 'Chromium', logFile, timeoutMs: 30_000 })
    const [port] = readFileSync(portFile, 'utf8').split('\n')
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    const [context] = browser.contexts()
    await context.addCookies(cookies)
    const [page] = context.pages()
    await page.goto(`${glimpse.origin}/images/new`)
    await page.getByRole('button', { name: 'Choose file' }).waitFor()
    await chooseFile(context, page, path)
    const create = page.getByRole('button', { name: 'Create and upload' })
    await create.and(page.locator(':enabled')).waitFor()
    const began = performance.now()
    await create.click()
    await page.waitForURL(/\/images\/[0-9a-f-]{36}$/)
    const id = page.url().split('/').at(-1)
    await browser.close()
    while ((await statusOf(glimpse, id)) !== 'active') await later(50)
    const rate = rateSince(began, bytes)
    await glimpse.remove({ id })
    return rate
  } finally {
    await stop(child)
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function statusOf({ origin, headers }, id) {
  const response = await fetch(`${origin}/v2/images/${id}`, { headers })
  const { status } = await response.json()
  return status
}

/** By its path: through the driver a file would be carried over in a message. */
async function chooseFile(context, page, path) {
  const session = await context.newCDPSession(page)
  const { result } = await session.send('Runtime.evaluate', {
    expression: 'document.querySelector("input[type=file]")',
  })
  await session.send('DOM.setFileInputFiles', { files: [path], objectId: result.objectId })
  await page.getByText('upload.raw').first().waitFor()
}
