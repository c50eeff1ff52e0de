import { describe, expect, it } from 'vitest'
import type { RouteExport } from '@/lib/http/route'
import type { WireResponse } from '@/lib/http/wire'
import { routeMatcher } from './route-table'

const entry = (pattern: string) => {
  const wire = async (): Promise<WireResponse> => ({ status: 200, headers: {}, body: pattern })
  const GET: RouteExport = Object.assign(async () => new Response(), { wire })
  return { pattern, GET }
}
const match = routeMatcher(
  [
    '/',
    '/v2/images',
    '/v2/images/[imageId]',
    '/v2/images/[imageId]/file',
    '/v2/[...path]',
    '/v2/cache/clean',
    '/v2/cache/[id]',
    '/versions/[[...rest]]',
  ].map(entry),
)

describe('routeMatcher', () => {
  it('prefers literal segments to placeholders and those to catch-alls', () => {
    expect(match('/v2/cache/clean')?.pattern).toBe('/v2/cache/clean')
    expect(match('/v2/cache/x')?.pattern).toBe('/v2/cache/[id]')
    expect(match('/v2/cache/x/y')?.pattern).toBe('/v2/[...path]')
  })

  it('decodes one segment as one value, slashes inside it included', () => {
    expect(match('/v2/images/a%2Fb%20c/file')?.params).toEqual({ imageId: 'a/b c' })
  })

  it('treats a trailing slash as another path', () => {
    expect(match('/v2/images/')?.pattern).toBe('/v2/[...path]')
  })

  it('lets an optional catch-all match nothing and anything', () => {
    expect(match('/versions')?.pattern).toBe('/versions/[[...rest]]')
    expect(match('/versions/a/b')?.params).toEqual({ rest: 'a/b' })
  })

  it('answers undefined for what it does not know, and throws on broken escapes', () => {
    expect(match('/nowhere')).toBeUndefined()
    expect(() => match('/v2/images/%FF')).toThrow(URIError)
  })
})
