const isoTime =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?)?\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i

/** An ISO 8601 date or time, UTC unless it names an offset; undefined when it is none. */
export function parseIsoTime(text: string): Date | undefined {
  const match = isoTime.exec(text.trim())
  if (match === null) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset}`)
  // Date rolls 31 February over to March; that is no date.
  if (Number.isNaN(time.getTime()) || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) {
    return undefined
  }
  return time
}

const SECONDS_PER_DAY = 86_400
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
let lastDay = Number.NaN
let lastDayText = ''

/** Epoch milliseconds as `YYYY-MM-DDTHH:MM:SSZ`, as every document of the API shows times; RangeError for no time. */
export function wireTime(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const day = Math.floor(seconds / SECONDS_PER_DAY)
  // toISOString took a twelfth of a list's time, and the images of one page are mostly of few days.
  if (day !== lastDay) {
    lastDayText = new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, -13)
    lastDay = day
  }
  const second = seconds - day * SECONDS_PER_DAY
  const [hh, mm, ss] = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
  return `${lastDayText}${twoDigits[hh]}:${twoDigits[mm]}:${twoDigits[ss]}Z`
}
