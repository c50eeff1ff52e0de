// Whether a page that is left open while things happen all the time keeps its size: the catalog for an hour with ten
// events a second.
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { launchChromium } from '../support/chromium.mjs'
import { cookiesFor, dashboardCookies } from '../support/dashboard-client.mjs'
import { MiB, table } from './measure.mjs'
import { startGlimpse } from './targets.mjs'
import { verdict } from './verdicts.mjs'

const EVENTS_PER_SECOND = 10
const IMAGES = 50
/** What a page gathers in its first minutes is no leak. */
const WARM_UP_SHARE = 0.1

export async function benchLive({ folder, port, minutes }) {
  const glimpse = await startGlimpse({ folder: join(folder, 'live'), port })
  const browser = await launchChromium()
  try {
    const images = []
    for (let index = 0; index < IMAGES; index++) images.push(await glimpse.create({ name: `live-${index}` }))
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const cookie = await dashboardCookies(glimpse.origin, 'admin', glimpse.password)
    await context.addCookies(cookiesFor(glimpse.origin, cookie))
    const page = await context.newPage()
    await page.goto(`${glimpse.origin}/images?n=${IMAGES}`, { waitUntil: 'load' })
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    const heap = async () => {
      await session.send('HeapProfiler.collectGarbage')
      const { metrics } = await session.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'JSHeapUsedSize').value / MiB
    }
    const started = performance.now()
    const isOver = (share) => performance.now() - started > minutes * 60_000 * share
    let events = 0
    let warm
    const rows = []
    let nextSample = 0
    while (!isOver(1)) {
      const second = performance.now()
      for (let turn = 0; turn < EVENTS_PER_SECOND; turn++) {
        const image = images[events % IMAGES]
        events += 1
        await rename(glimpse, image, `live-${events}`)
      }
      if (warm === undefined && isOver(WARM_UP_SHARE)) warm = await heap()
      if (isOver(nextSample)) {
        rows.push([`${((performance.now() - started) / 60_000).toFixed(1)}`, events, (await heap()).toFixed(1)])
        nextSample += 0.1
      }
      await later(Math.max(0, 1000 - (performance.now() - second)))
    }
    const grown = (await heap()) - (warm ?? 0)
    // The page must still follow what happens, or it proves nothing.
    await page.getByRole('link', { name: `live-${events}`, exact: true }).waitFor()
    console.log(table('The catalog, left open', ['minutes', 'events', 'heap MiB'], rows))
    verdict(`heap growth of a page in ${minutes} min, MiB`, Number(grown.toFixed(1)), { atMost: 20 })
  } finally {
    await browser.close()
    await glimpse.stop()
  }
}

async function rename({ origin, headers }, { id }, name) {
  const response = await fetch(`${origin}/v2/images/${id}`, {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/openstack-images-v2.1-json-patch' },
    body: JSON.stringify([{ op: 'replace', path: '/name', value: name }]),
  })
  if (response.status !== 200) throw new Error(`a change answered ${response.status}`)
}
