/** The sign-in page, and where to go on from there. */
export function signInPath({ next, isOver = false }: { next: string; isOver?: boolean }): string {
  const query = new URLSearchParams()
  if (safeNext(next) !== '/images') query.set('next', safeNext(next))
  if (isOver) query.set('over', '1')
  const text = query.toString()
  return text === '' ? '/signin' : `/signin?${text}`
}

/** The choice of a project, and where to go on from there. */
export function scopePath(next: string): string {
  const path = safeNext(next)
  return path === '/images' ? '/signin/scope' : `/signin/scope?${new URLSearchParams({ next: path })}`
}

/** A path of ours from an address that anybody may have written; never another site and never the sign-in page. */
export function safeNext(path: string | undefined): string {
  const isPath = path !== undefined && /^\/(?![/\\])[^\\\s]+$/.test(path)
  return isPath && !/^\/(api|signin|_next|v\d|identity)([/?#.]|$)/.test(path) ? path : '/images'
}
