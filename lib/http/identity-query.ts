import type { WireRequest } from './wire'

export function queryOf(request: WireRequest): URLSearchParams {
  return new URLSearchParams(request.query)
}

/** Picks query parameters under new names; absent ones are left out. */
export function pick<K extends string>(
  query: URLSearchParams,
  names: Readonly<Record<K, string>>,
): Partial<Record<K, string>> {
  const picked: Partial<Record<K, string>> = {}
  for (const key in names) {
    const value = query.get(names[key])
    if (value !== null) picked[key] = value
  }
  return picked
}

/** `enabled`, in every spelling that Keystone takes: only 0 and false mean false. */
export function enabledOf(query: URLSearchParams): { isEnabled?: boolean } {
  const text = query.get('enabled')
  return text === null ? {} : { isEnabled: !['0', 'false'].includes(text.toLowerCase()) }
}

/** A flag that is set by being there: `?effective`, `?effective=true`, but not `?effective=0`. */
export function hasFlag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name)
  return text !== null && text !== '0' && text.toLowerCase() !== 'false'
}
