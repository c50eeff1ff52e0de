import { describe, expect, it } from 'vitest'
import { safeNext, scopePath, signInPath } from './sign-in-path'

describe('safeNext', () => {
  it('keeps a path of ours with its query', () => {
    expect(safeNext('/images?tag=a%20b')).toBe('/images?tag=a%20b')
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/a\\b',
    '/a\n/b',
    '',
    '/',
    '/signin?next=/signin',
    undefined,
  ])('leads %j to the catalog', (path) => expect(safeNext(path)).toBe('/images'))
})

describe('signInPath', () => {
  it('names where to go on', () => {
    expect(signInPath({ next: '/images/1?x=1' })).toBe('/signin?next=%2Fimages%2F1%3Fx%3D1')
    expect(signInPath({ next: '/images' })).toBe('/signin')
    expect(signInPath({ next: '/images/new', isOver: true })).toBe('/signin?next=%2Fimages%2Fnew&over=1')
  })
})

describe('scopePath', () => {
  it('names where to go on', () => {
    expect(scopePath('/images?tag=a')).toBe('/signin/scope?next=%2Fimages%3Ftag%3Da')
    expect(scopePath('//evil.example')).toBe('/signin/scope')
  })
})
