import { existsSync } from 'node:fs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The system's own browser; undefined where there is none. */
export function chromiumPath() {
  return places.find((path) => existsSync(path))
}
