import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from './seal'

describe('seal', () => {
  const key = randomBytes(32)

  it('gives back what was sealed', () => {
    expect(unseal(seal('gAAAA token é', key, 'a'), key, 'a')).toBe('gAAAA token é')
  })

  it('never makes the same twice', () => {
    expect(seal('x', key, 'a')).not.toBe(seal('x', key, 'a'))
  })

  it('opens for no other key, in no other place, and not after a change', () => {
    const sealed = seal('secret', key, 'a')
    expect(unseal(sealed, randomBytes(32), 'a')).toBeUndefined()
    expect(unseal(sealed, key, 'b')).toBeUndefined()
    const changed = Buffer.from(sealed, 'base64url')
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    expect(unseal(changed.toString('base64url'), key, 'a')).toBeUndefined()
    expect(unseal('', key, 'a')).toBeUndefined()
  })
})
