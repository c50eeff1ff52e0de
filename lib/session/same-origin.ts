import { config } from '@/lib/config/load'
import { originOf } from '@/lib/http/web'

type Header = (name: string) => string | undefined

/** Where browsers find the dashboard: the configured address, else the one that the request was sent to. */
export function dashboardOrigin(header: Header): string {
  const { url } = config().session
  return url === undefined ? originOf(header, 'http') : new URL(url).origin
}

/**
 * Whether a request that changes something comes from a page of ours. Browsers say so themselves, in Sec-Fetch-Site or,
 * where that is missing (plain HTTP on another host), in Origin, which they send with everything but reading.
 */
export function isFromDashboard(header: Header): boolean {
  return saysSameSite(header) ?? header('origin') === dashboardOrigin(header)
}

/** Whether reading is not asked for by another site's page. */
export function isOwnReading(header: Header): boolean {
  return saysSameSite(header) ?? (header('origin') === undefined || header('origin') === dashboardOrigin(header))
}

/** Undefined when the browser does not say. */
function saysSameSite(header: Header): boolean | undefined {
  const site = header('sec-fetch-site')
  return site === undefined ? undefined : site === 'same-origin' || site === 'none'
}
