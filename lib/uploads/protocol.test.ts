import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  checksumAlgorithms,
  parseByteCount,
  parseChecksum,
  parseReprDigest,
  parseUploadMetadata,
  reprDigest,
  uploadMetadata,
} from './protocol'

describe('Upload-Metadata', () => {
  it('comes back as it was written, whatever the text', () => {
    const pairs = { image_id: 'x', filename: 'Grüße 🎉, und so.img', empty: '' }
    expect(Object.fromEntries(parseUploadMetadata(uploadMetadata(pairs)) ?? [])).toEqual(pairs)
  })

  it('may be empty', () => {
    expect(parseUploadMetadata('')).toEqual(new Map())
  })

  it.each(['a QUI=,a QUI=', 'a QUI= x', 'a Q', 'ä QUI=', 'a %', 'a gICA', 'a AA==', ',', 'a QUI=,,b QUI='])(
    'is refused as %j',
    (header) => {
      expect(parseUploadMetadata(header)).toBeUndefined()
    },
  )
})

describe('Upload-Checksum', () => {
  it.each(checksumAlgorithms)('of %s', (algorithm) => {
    const digest = createHash(algorithm).update('bytes')
    const copy = digest.copy()
    expect(parseChecksum(`${algorithm} ${digest.digest('base64')}`)).toEqual({ algorithm, value: copy.digest('hex') })
  })

  it.each(['', 'sha1', 'sha1 ', 'sha1 AAAA', 'crc32 AAAAAA==', 'sha1 AAAA BBBB'])('is refused as %j', (header) => {
    expect(parseChecksum(header)).toBeUndefined()
  })
})

describe('Repr-Digest', () => {
  const hex = (algorithm: string) => createHash(algorithm).update('bytes').digest('hex')

  it('comes back as it was written', () => {
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const value = hex(algorithm)
      expect(parseReprDigest(reprDigest(algorithm, value))).toEqual({ algorithm, value })
    }
  })

  it('tells the strongest of several, and nothing of what is unknown', () => {
    const both = `crc32c=:AAAAAA==:, ${reprDigest('sha256', hex('sha256'))}, ${reprDigest('sha512', hex('sha512'))}`
    expect(parseReprDigest(both)?.algorithm).toBe('sha512')
    expect(parseReprDigest('crc32c=:AAAAAA==:')).toBeUndefined()
    expect(parseReprDigest('sha-512=:AAAA:')).toBeUndefined()
  })
})

describe('a count of bytes', () => {
  it.each([
    ['0', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j', (text, expected) => {
    expect(parseByteCount(text)).toBe(expected)
  })
})
