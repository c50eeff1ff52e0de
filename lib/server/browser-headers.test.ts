import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
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

describe('what pages are told of the request', () => {
  afterEach(() => setConfig(undefined))

  function told(url: string, sent: Record<string, string>, env: Record<string, string> = {}) {
    setConfig(loadConfig(env))
    const message = new IncomingMessage(new Socket())
    message.url = url
    Object.assign(message.headers, sent)
    secureForBrowser(message, new ServerResponse(message))
    const { headers } = message
    return {
      origin: `${headers['x-forwarded-proto']}://${headers['x-forwarded-host']}`,
      path: headers['x-glimpse-path'],
    }
  }

  const forged = { host: 'images.lan:9292', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }

  it('is where it was sent to, whatever the client claims', () => {
    expect(told('/images', forged).origin).toBe('http://images.lan:9292')
  })

  it('is what a trusted proxy says', () => {
    const env = { GLIMPSE__SERVER__TRUST_PROXY_HEADERS: 'true' }
    expect(told('/images', forged, env).origin).toBe('https://evil.example')
  })

  it('is the configured address before all others', () => {
    const env = { GLIMPSE__SESSION__URL: 'https://images.example/' }
    expect(told('/images', forged, env).origin).toBe('https://images.example')
  })

  it.each([
    ['/images?tag=a&_rsc=1x&n=50', '/images?tag=a&n=50'],
    ['/images?_rsc=1x&tag=a', '/images?tag=a'],
    ['/images?_rsc=1x', '/images'],
    ['/images', '/images'],
  ])('names the page of %s without what scripts add', (url, path) => {
    expect(told(url, { host: 'a' }).path).toBe(path)
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
