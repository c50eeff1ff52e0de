export const compareMin = 2
export const compareMax = 4

/** The page that compares these images; the server reads its addresses too. */
export function compareHref(ids: readonly string[], showsAll = false): string {
  return `/images/compare?ids=${ids.map(encodeURIComponent).join(',')}${showsAll ? '&all=1' : ''}`
}
