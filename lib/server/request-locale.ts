import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'
import { type Locale, localeCookie, negotiateLocale, parseLocale, setLocaleSource } from '@/lib/runtime/locale'

const storage = new AsyncLocalStorage<Locale>()
setLocaleSource(() => storage.getStore())

/** Runs what answers a request in the language of whoever asks: its choice, else what its browser prefers. */
export function enterLocale<T>({ headers }: IncomingMessage, run: () => T): T {
  const chosen = new RegExp(`(?:^|;\\s*)${localeCookie}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1]
  return storage.run(parseLocale(chosen) ?? negotiateLocale(headers['accept-language']), run)
}
