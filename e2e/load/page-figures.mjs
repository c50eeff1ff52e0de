// What a page costs those who open it: its scripts, what the browser saw of its coming, how fast it answers.

/** Chromium's own observers, from the first byte of the page on. In the page. */
function observe() {
  const figures = { lcpMs: 0, cls: 0, slowestMs: 0 }
  Object.defineProperty(window, 'pageFigures', { value: figures })
  const watch = (options, use) =>
    new PerformanceObserver((list) => list.getEntries().forEach(use)).observe({ buffered: true, ...options })
  watch({ type: 'largest-contentful-paint' }, (entry) => {
    figures.lcpMs = entry.startTime
  })
  watch({ type: 'layout-shift' }, (entry) => {
    if (!entry.hadRecentInput) figures.cls += entry.value
  })
  watch({ type: 'event', durationThreshold: 16 }, (entry) => {
    if (entry.interactionId > 0) figures.slowestMs = Math.max(figures.slowestMs, entry.duration)
  })
}

/** In the page. Sizes are those on the wire, without headers. */
function read() {
  const [navigation] = performance.getEntriesByType('navigation')
  const resources = performance.getEntriesByType('resource')
  const scripts = resources.filter(({ name }) => new URL(name).pathname.endsWith('.js'))
  const isData = ({ initiatorType, name }) =>
    (initiatorType === 'fetch' || initiatorType === 'xmlhttprequest') && !new URL(name).pathname.endsWith('.js')
  return {
    scriptBytes: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    documentBytes: navigation.encodedBodySize,
    firstByteMs: navigation.responseStart - navigation.requestStart,
    requests: resources.filter(isData).map(({ name }) => new URL(name).pathname),
    ...window.pageFigures,
  }
}

/**
 * Opens an address with an empty cache, does `act` there, and reads what it took. `cookies` are those of a session, as
 * Playwright takes them; `slow` stands for an older machine on a line of 10 Mbit/s with 40 ms.
 * @param {import('@playwright/test').Browser} browser
 * @param {{ url: string, cookies?: { name: string, value: string, url: string }[], act?: (page: import('@playwright/test').Page) => Promise<void>, slow?: boolean }} options
 */
export async function measurePage(browser, { url, cookies = [], act, slow = false }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    await context.addCookies(cookies)
    const page = await context.newPage()
    await page.addInitScript(observe)
    if (slow) await slowDown(await context.newCDPSession(page))
    await page.goto(url, { waitUntil: 'networkidle' })
    const loaded = await page.evaluate(read)
    if (act === undefined) return loaded
    await act(page)
    // What the last key set off must have been painted before it is counted.
    await page.waitForTimeout(300)
    const { slowestMs, cls } = await page.evaluate(read)
    return { ...loaded, slowestMs, cls }
  } finally {
    await context.close()
  }
}

async function slowDown(client) {
  await client.send('Network.enable')
  await client.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 40,
    downloadThroughput: 10_000_000 / 8,
    uploadThroughput: 10_000_000 / 8,
  })
  await client.send('Emulation.setCPUThrottlingRate', { rate: 4 })
}
