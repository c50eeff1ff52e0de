const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const
const BAR_WIDTH = 24
/** Speeds are weighed so that what is this long ago counts a third. */
const MEMORY_MS = 10_000

export function sizeText(bytes: number): string {
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1]
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit] ?? ''}`
}

export function timeText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  if (whole < 90) return `${whole} s`
  if (whole < 90 * 60) return `${Math.round(whole / 60)} min`
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`
}

/** A speed in bytes per second that follows the last ten seconds; undefined until it can be told. */
export class Speed {
  #rate: number | undefined
  #last: { readonly atMs: number; readonly bytes: number } | undefined
  #sinceMs: number | undefined

  add(bytes: number, atMs: number): void {
    const last = this.#last
    this.#sinceMs ??= atMs
    if (last !== undefined && atMs <= last.atMs) return
    if (last !== undefined) {
      const rate = Math.max(0, bytes - last.bytes) / ((atMs - last.atMs) / 1000)
      const weight = 1 - Math.exp(-(atMs - last.atMs) / MEMORY_MS)
      this.#rate = this.#rate === undefined ? rate : this.#rate + weight * (rate - this.#rate)
    }
    this.#last = { atMs, bytes }
  }

  /** Not before two seconds: what is told earlier jumps about. */
  get bytesPerSecond(): number | undefined {
    const isStable = this.#last !== undefined && this.#sinceMs !== undefined && this.#last.atMs - this.#sinceMs >= 2_000
    return isStable ? this.#rate : undefined
  }
}

export interface LineState {
  readonly name: string
  readonly doneBytes: number
  readonly totalBytes: number
  readonly holeBytes: number
  readonly bytesPerSecond: number | undefined
  /** in place of speed and time */
  readonly note?: string | undefined
}

/** One line without its end, at most `width` characters. */
export function progressLine(state: LineState, width: number): string {
  const { name, doneBytes, totalBytes, holeBytes, bytesPerSecond, note } = state
  const share = totalBytes === 0 ? 1 : doneBytes / totalBytes
  const filled = Math.floor(share * BAR_WIDTH)
  const bar = `${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}`
  const rest =
    note ??
    (bytesPerSecond === undefined || bytesPerSecond === 0
      ? undefined
      : `${sizeText(bytesPerSecond)}/s  ${timeText((totalBytes - doneBytes) / bytesPerSecond)} left`)
  const parts = [
    name.length > 28 ? `${name.slice(0, 27)}…` : name,
    bar,
    `${String(Math.floor(share * 100)).padStart(3)} %`,
    `${sizeText(doneBytes)} of ${sizeText(totalBytes)}`,
    ...(rest === undefined ? [] : [rest]),
    ...(holeBytes > 0 ? [`${sizeText(holeBytes)} zeros skipped`] : []),
  ]
  return parts.join('  ').slice(0, Math.max(20, width))
}
