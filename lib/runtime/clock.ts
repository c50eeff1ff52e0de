import { processSingleton, setProcessSingleton } from './process-singleton'

export interface Clock {
  now(): Date
}

const systemClock: Clock = { now: () => new Date() }

/** The time by the process's clock; tests put a fake one in its place. */
export function now(): Date {
  return processSingleton<Clock>('clock', () => systemClock).now()
}

/** The same cut to the second, the precision that the wire shows and clients sort and page by. */
export function nowToTheSecond(): Date {
  return new Date(Math.floor(now().getTime() / 1000) * 1000)
}

export function setClock(clock: Clock | undefined): void {
  setProcessSingleton('clock', clock)
}
