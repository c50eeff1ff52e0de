export type SearchParams = Promise<Readonly<Record<string, string | readonly string[] | undefined>>>

/** The query of a page's address as URLSearchParams, repeated keys kept. */
export function searchParamsOf(params: Awaited<SearchParams>): URLSearchParams {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) search.append(key, one)
  }
  return search
}
