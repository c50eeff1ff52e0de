import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, secureForBrowser } from './browser-headers'

function exchange(clientPolicy?: string) {
  const message = new IncomingMessage(new Socket())
  if (clientPolicy !== undefined) message.headers['content-security-policy'] = clientPolicy
  const response = new ServerResponse(message)
  secureForBrowser(message, response)
  return { asked: message.headers['content-security-policy'], sent: response.getHeader('content-security-policy') }
}

describe('secureForBrowser', () => {
  it('tells Next and the browser the same nonce', () => {
    const { asked, sent } = exchange()
    expect(asked).toBe(sent)
    expect(String(sent)).toMatch(/script-src 'nonce-[A-Za-z0-9+/]{22}=='/)
  })

  it('makes a new nonce for every answer', () => {
    expect(exchange().sent).not.toBe(exchange().sent)
  })

  it('replaces a policy that the client sent', () => {
    expect(exchange("script-src 'nonce-mine'").asked).not.toContain('mine')
  })
})

describe('contentSecurityPolicy', () => {
  it('never lets inline scripts or foreign origins in', () => {
    const policy = contentSecurityPolicy('abc')
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(policy).not.toContain('http')
    expect(policy).toContain("default-src 'none'")
  })
})
