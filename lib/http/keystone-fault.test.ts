import { describe, expect, it } from 'vitest'
import { apiError } from '@/lib/errors/api-error'
import { keystoneFault } from './keystone-fault'

describe('keystoneFault', () => {
  it('has the form that Keystone clients read', () => {
    const answer = keystoneFault(apiError('not_found', { public: 'Could not find user: 1.' }))
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.body).toBe('{"error":{"code":404,"message":"Could not find user: 1.","title":"Not Found"}}')
  })

  it('keeps the headers of an error', () => {
    const answer = keystoneFault(apiError('too_many_requests', { headers: { 'retry-after': '7' } }))
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '7'])
  })

  it('tells nothing about an unexpected error', () => {
    const answer = keystoneFault(new Error('password=hunter2'))
    expect(answer.status).toBe(500)
    expect(answer.body).not.toContain('hunter2')
  })
})
