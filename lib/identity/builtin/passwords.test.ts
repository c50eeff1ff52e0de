import { scryptSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashPassword, verifySecret } from './passwords'

describe('passwords', () => {
  it('accepts the right password and refuses another', async () => {
    const hash = await hashPassword('correct horse')
    expect(hash).toMatch(/^\$scrypt\$N=\d+,r=\d+,p=\d+\$/)
    expect(await verifySecret('correct horse', hash)).toEqual({ matches: true, isWeak: false })
    expect(await verifySecret('Correct horse', hash)).toEqual({ matches: false, isWeak: false })
  })

  it('salts, so that equal passwords have different hashes', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'))
  })

  it('tells when a hash was made with less work', async () => {
    const salt = Buffer.from('0123456789abcdef')
    const key = scryptSync('old', salt, 32, { N: 1024, r: 8, p: 1 })
    const hash = `$scrypt$N=1024,r=8,p=1$${salt.toString('base64url')}$${key.toString('base64url')}`
    expect(await verifySecret('old', hash)).toEqual({ matches: true, isWeak: true })
  })

  it('never matches an absent account, at about the same cost as a real one', async () => {
    const hash = await hashPassword('x')
    const millisecondsOf = async (stored: string | null) => {
      const started = process.hrtime.bigint()
      expect((await verifySecret('', stored)).matches).toBe(false)
      return Number(process.hrtime.bigint() - started) / 1e6
    }
    const [real, absent] = [await millisecondsOf(hash), await millisecondsOf(null)]
    expect(absent).toBeGreaterThan(real / 4)
  })

  it('refuses damaged and foreign hash texts', async () => {
    for (const hash of ['', 'x', '$2b$12$abc', '$scrypt$N=a,r=8,p=1$aa$bb', '$scrypt$$$']) {
      expect((await verifySecret('', hash)).matches).toBe(false)
    }
  })
})
