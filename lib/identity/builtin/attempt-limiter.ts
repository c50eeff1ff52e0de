import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { now } from '@/lib/runtime/clock'
import { processSingleton } from '@/lib/runtime/process-singleton'

const WINDOW_MS = 60_000
const TRACKED_MAX = 20_000

type Failures = Map<string, { count: number; since: number }>

/**
 * Books an attempt before the secret is checked, so that parallel guesses count too; `succeeded()` takes it back.
 * Throws `too_many_requests` with Retry-After when this address has failed too often for this name within a minute.
 */
export function bookAttempt(remoteAddress: string, name: string): { succeeded(): void } {
  const failures = processSingleton<Failures>('sign-in-failures', () => new Map())
  const key = `${networkOf(remoteAddress)} ${name.toLowerCase()}`
  const time = now().getTime()
  const entry = failures.get(key)
  if (entry === undefined || time - entry.since >= WINDOW_MS) {
    failures.delete(key)
    if (failures.size >= TRACKED_MAX) forgetOldest(failures)
    failures.set(key, { count: 1, since: time })
  } else {
    if (entry.count >= config().identity.signInAttemptsPerMinute) throw tooMany(entry.since + WINDOW_MS - time)
    entry.count++
  }
  return { succeeded: () => void failures.delete(key) }
}

function tooMany(waitMs: number) {
  return apiError('too_many_requests', {
    public: 'Too many failed sign-ins. Try again later.',
    headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) },
  })
}

function forgetOldest(failures: Failures): void {
  const oldest = failures.keys().next()
  if (!oldest.done) failures.delete(oldest.value)
}

/** One IPv6 customer holds a whole /64, so the first four groups stand for the address. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const first = head.split(':').filter(Boolean)
  const last = tail?.split(':').filter(Boolean) ?? []
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':').toLowerCase()
}
