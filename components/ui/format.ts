import { currentLocale } from '@/lib/runtime/locale'

/** Making a formatter takes a hundred times as long as using it, and a list formats hundreds of values. */
function kept<Key, Format>(make: (locale: string, key: Key) => Format): (key: Key) => Format {
  const formats = new Map<string, Format>()
  return (key) => {
    const locale = currentLocale()
    const name = `${locale} ${key}`
    const known = formats.get(name)
    if (known !== undefined) return known
    const format = make(locale, key)
    formats.set(name, format)
    return format
  }
}

const numberWith = kept((locale, digits: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }))
const relative = kept(
  (locale, numeric: 'auto' | 'always') =>
    new Intl.RelativeTimeFormat(locale, { numeric, ...(numeric === 'always' && { style: 'short' }) }),
)
const momentIn = kept(
  (locale, timeZone: string | undefined) =>
    new Intl.DateTimeFormat(locale === 'de' ? 'de' : 'en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone }),
)

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A size in IEC units with at most three digits: 1.94 GiB, 20 GiB, 512 bytes. */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes
  let index = 0
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1024
    index += 1
  }
  const digits = index === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  const unit = index === 0 ? byteUnit(sizeBytes) : units[index]
  return `${numberWith(digits).format(value)} ${unit}`
}

function byteUnit(count: number): string {
  if (currentLocale() === 'de') return 'Byte'
  return count === 1 ? 'byte' : 'bytes'
}

export function formatCount(count: number): string {
  return numberWith(0).format(count)
}

const steps: readonly (readonly [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [7 * 86_400, 86_400, 'day'],
  [30 * 86_400, 7 * 86_400, 'week'],
  [365 * 86_400, 30 * 86_400, 'month'],
  [Number.POSITIVE_INFINITY, 365 * 86_400, 'year'],
]

/** "3 hours ago"; below 45 seconds "now". */
export function formatRelative(then: Date, now: Date): string {
  const seconds = (then.getTime() - now.getTime()) / 1000
  const size = Math.abs(seconds)
  if (size < 45) return relative('auto').format(0, 'second')
  const step = steps.find(([limit]) => size < limit)
  if (step === undefined) return then.toISOString()
  return relative('always').format(Math.round(seconds / step[1]), step[2])
}

/** "24 Nov 2026, 14:02:11" in the given zone, the browser's own when absent. */
export function formatMoment(moment: Date, timeZone?: string): string {
  return momentIn(timeZone).format(moment)
}

/** "14:02", in the browser's zone. */
export function formatTimeOfDay(moment: Date): string {
  return new Intl.DateTimeFormat(currentLocale() === 'de' ? 'de' : 'en-GB', { timeStyle: 'short' }).format(moment)
}

/** "1 min 20 s", for time left. */
export function formatDuration(totalSeconds: number): string {
  const seconds = Math.max(0, Math.round(totalSeconds))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
