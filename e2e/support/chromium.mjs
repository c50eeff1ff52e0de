import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The system's own browser; undefined where there is none. */
export function chromiumPath() {
  return places.find((path) => existsSync(path))
}

/** The system's own browser, else the one that Playwright knows. */
export function launchChromium() {
  const executablePath = chromiumPath()
  return chromium.launch({ args: ['--no-sandbox'], ...(executablePath && { executablePath }) })
}
