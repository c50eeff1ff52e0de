/** What the dashboard speaks. `en-XA` is English that shows which texts are not in a catalog, and which have no room. */
export const locales = ['en', 'de', 'en-XA'] as const
export type Locale = (typeof locales)[number]

/** Those that people are offered, with their own names. */
export const localeNames: Readonly<Partial<Record<Locale, string>>> = { en: 'English', de: 'Deutsch' }

/** A reader's choice. */
export const localeCookie = 'glimpse-locale'

export function parseLocale(text: string | undefined): Locale | undefined {
  return locales.find((locale) => locale === text)
}

/** The best of what an Accept-Language header asks for; English when we have none of it. Source: RFC 9110 12.5.4. */
export function negotiateLocale(header: string | undefined): Locale {
  const wanted = (header ?? '').split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().split(';')
    const weight = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find((found) => found !== undefined)
    return { language: tag.split('-')[0]?.toLowerCase(), weight: weight === undefined ? 1 : Number(weight) }
  })
  const known = wanted.filter(({ weight }) => weight > 0).toSorted((one, other) => other.weight - one.weight)
  for (const { language } of known) {
    const locale = locales.find((name) => name === language)
    if (locale !== undefined) return locale
  }
  return 'en'
}

/**
 * The language of what is made now: in a browser that of the page, on the server that of the request which the code
 * runs for (see `enterLocale`); English where there is none.
 */
export function currentLocale(): Locale {
  const lang = typeof document === 'undefined' ? askServer()?.() : document.documentElement.lang
  return parseLocale(lang) ?? 'en'
}

const KEY = Symbol.for('glimpse.locale')

function askServer(): (() => string | undefined) | undefined {
  const found: unknown = Reflect.get(globalThis, KEY)
  return typeof found === 'function' ? () => String(found()) : undefined
}

/** Says how the server knows the language; modules are loaded several times, so it is kept beside them. */
export function setLocaleSource(ask: () => Locale | undefined): void {
  Reflect.set(globalThis, KEY, ask)
}
