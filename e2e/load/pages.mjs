// What every page of the dashboard costs in a production build in Chromium, with 100,000 images in the catalog: scripts,
// document, first byte, largest paint, stillness, answer to a key or press; at full speed and on an older machine.
import { join } from 'node:path'
import { launchChromium } from '../support/chromium.mjs'
import { cookiesFor, dashboardCookies } from '../support/dashboard-client.mjs'
import { median, table } from './measure.mjs'
import {
  BASELINE_SCRIPT_BYTES,
  DOCUMENT_BYTES_MAX,
  INTERACTION_MS_MAX,
  LAYOUT_SHIFT_MAX,
  LIST_REQUESTS_MAX,
  pagesOf,
} from './page-budgets.mjs'
import { measurePage } from './page-figures.mjs'
import { seedImages } from './seed.mjs'
import { startGlimpse } from './targets.mjs'
import { verdict } from './verdicts.mjs'

const IMAGES = 100_000
const FIRST_BYTE_MS_MAX = 200
const LCP_MS_MAX = 1200
const SLOW_LCP_MS_MAX = 2500

export async function benchPages({ folder, port, rounds }) {
  const data = join(folder, 'pages')
  const glimpse = await startGlimpse({ folder: data, port })
  const browser = await launchChromium()
  try {
    const [imageId] = seedImages({ folder: data, ownerId: glimpse.projectId, total: IMAGES })
    const origin = `http://127.0.0.1:${port}`
    const cookies = cookiesFor(origin, await dashboardCookies(origin, 'admin', glimpse.password))
    const found = []
    for (const page of pagesOf(imageId)) {
      const open = (slow) =>
        measurePage(browser, {
          url: `${origin}${page.path}`,
          cookies: page.isPublic ? [] : cookies,
          act: page.act,
          slow,
        })
      const samples = []
      const slowSamples = []
      // The first one finds nothing of the page in memory, as nobody does after the first minute.
      await open(false)
      for (let round = 0; round < Math.max(rounds, 3); round++) {
        samples.push(await open(false))
        slowSamples.push(await open(true))
      }
      found.push({
        page,
        of: (key) => median(samples.map((one) => one[key])),
        slow: (key) => median(slowSamples.map((one) => one[key])),
        requests: samples[0].requests.length,
      })
    }
    report(found)
  } finally {
    await browser.close()
    await glimpse.stop()
  }
}

function report(found) {
  const rows = found.map(({ page, of, slow, requests }) => [
    page.name,
    kb(of('scriptBytes')),
    kb(BASELINE_SCRIPT_BYTES + page.budget),
    kb(of('documentBytes')),
    requests,
    Math.round(of('firstByteMs')),
    Math.round(of('lcpMs')),
    Math.round(slow('lcpMs')),
    of('cls').toFixed(3),
    Math.round(of('slowestMs')),
    Math.round(slow('slowestMs')),
  ])
  const columns = [
    'page',
    'scripts kB',
    'budget',
    'document kB',
    'requests',
    'first byte ms',
    'LCP ms',
    'LCP slow',
    'CLS',
    'press ms',
    'press slow',
  ]
  console.log(
    table(`Pages, ${IMAGES.toLocaleString('en')} images; slow: a quarter of the CPU, 10 Mbit/s, 40 ms`, columns, rows),
  )
  const worst = (read) => Math.max(...found.map(read))
  const round = (value) => Number(value.toFixed(3))
  for (const { page, of } of found)
    verdict(`scripts of ${page.name}, kB`, round(of('scriptBytes') / 1000), {
      atMost: (BASELINE_SCRIPT_BYTES + page.budget) / 1000,
    })
  verdict('largest document, kB', round(worst(({ of }) => of('documentBytes')) / 1000), {
    atMost: DOCUMENT_BYTES_MAX / 1000,
  })
  verdict('layout shift of any page', round(worst(({ of }) => of('cls'))), { atMost: LAYOUT_SHIFT_MAX })
  verdict(
    'requests of a list',
    worst(({ page, requests }) => (page.isList ? requests : 0)),
    { atMost: LIST_REQUESTS_MAX },
  )
  verdict('first byte of a list, ms', round(worst(({ page, of }) => (page.isList ? of('firstByteMs') : 0))), {
    atMost: FIRST_BYTE_MS_MAX,
  })
  verdict('largest paint, ms', round(worst(({ of }) => of('lcpMs'))), { atMost: LCP_MS_MAX })
  verdict('largest paint, slow, ms', round(worst(({ slow }) => slow('lcpMs'))), { atMost: SLOW_LCP_MS_MAX })
  verdict('answer to a key or press, ms', round(worst(({ of }) => of('slowestMs'))), { atMost: INTERACTION_MS_MAX })
}

const kb = (bytes) => (bytes / 1000).toFixed(1)
