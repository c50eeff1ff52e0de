import { processSingleton, setProcessSingleton } from './process-singleton'

export interface Clock {
  now(): Date
}

const systemClock: Clock = { now: () => new Date() }

/** The time by the process's clock; tests put a fake one in its place. */
export function now(): Date {
  return processSingleton<Clock>('clock', () => systemClock).now()
}

export function setClock(clock: Clock | undefined): void {
  setProcessSingleton('clock', clock)
}
