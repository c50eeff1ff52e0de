import { currentLocale, type Locale } from '@/lib/runtime/locale'

/** A text, or what makes one from what it is about. */
// biome-ignore lint/suspicious/noExplicitAny: the texts of a catalog take what they are about, each its own
type Leaf = string | ((...about: any[]) => unknown)

/** The same catalog in another language: what is missing stays English. */
export type Translation<T> = T extends string
  ? string
  : // biome-ignore lint/suspicious/noExplicitAny: see Leaf
    T extends (...about: any[]) => infer R
    ? (...about: Parameters<T>) => R extends string ? string : R
    : { readonly [Key in keyof T]?: Translation<T[Key]> }

/** Finds or makes the text that stands for an English one; undefined when there is none. */
export type Translator = (catalog: string, path: readonly string[], english: Leaf) => Leaf | undefined

const translators = new Map<Locale, Translator>()

/** Must run before anything is shown in that language; see `app/locale-root.tsx`. */
export function registerTranslator(locale: Locale, translator: Translator): void {
  translators.set(locale, translator)
}

/** A language whose catalogs are written down, by name; what they lack stays English. */
export function registerCatalogs(locale: Locale, catalogs: Readonly<Record<string, object>>): void {
  registerTranslator(locale, (catalog, path) => {
    let found: unknown = catalogs[catalog]
    for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
    return typeof found === 'string' || typeof found === 'function' ? (found as Leaf) : undefined
  })
}

/**
 * A catalog of texts that speaks the language of the page or of the request whenever one is read. Parts of it may be
 * kept, but a single text must not be read before it is needed: it would stay in whatever language was there first.
 */
export function texts<T extends object>(name: string, english: T): T {
  return speaking(name, [], english)
}

function speaking<T extends object>(name: string, path: readonly string[], english: T): T {
  const made = new Map<string, unknown>()
  return new Proxy(english, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key)
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return value
      if (typeof value === 'string') return said(name, [...path, key], value)
      const known = made.get(key)
      if (known !== undefined) return known
      const own = [...path, key]
      const part =
        typeof value === 'function'
          ? (...about: unknown[]) => textOf(said(name, own, value as Leaf), about)
          : typeof value === 'object' && value !== null
            ? speaking(name, own, value)
            : value
      made.set(key, part)
      return part
    },
  })
}

function textOf(leaf: Leaf, about: readonly unknown[]): unknown {
  return typeof leaf === 'function' ? leaf(...about) : leaf
}

const cache = new Map<string, Leaf>()

function said(name: string, path: readonly string[], english: Leaf): Leaf {
  const locale = currentLocale()
  const translator = translators.get(locale)
  if (translator === undefined) return english
  const key = `${locale} ${name} ${path.join('.')}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const found = translator(name, path, english) ?? english
  cache.set(key, found)
  return found
}
