import { describe, expect, it } from 'vitest'
import { targetOf } from './node-request'

describe('targetOf', () => {
  it('divides at the first question mark alone', () => {
    expect(targetOf({ url: '/v2/images/x/file?a=?&prefer=fast?' })).toEqual({
      path: '/v2/images/x/file',
      query: 'a=?&prefer=fast?',
    })
    expect(targetOf({ url: '/v2/images?' })).toEqual({ path: '/v2/images', query: '' })
    expect(targetOf({ url: '/v2/images' })).toEqual({ path: '/v2/images', query: '' })
  })
})
