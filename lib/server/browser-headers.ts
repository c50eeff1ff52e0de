import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { environment } from '@/lib/config/environment'
import { config } from '@/lib/config/load'

/**
 * Puts the security headers on an answer that Next will make for a browser. The policy carries a fresh nonce, which
 * Next reads from the *request's* policy header and sets on every script it writes; a header that the client sent is
 * replaced, so nobody outside can choose the nonce.
 */
export function secureForBrowser(message: IncomingMessage, response: ServerResponse): void {
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'))
  message.headers['content-security-policy'] = policy
  // Pages do not know their own address; whoever must sign in first comes back to it.
  message.headers['x-glimpse-path'] = message.url
  trustOnlyProxies(message)
  response.setHeader('content-security-policy', policy)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'same-origin')
  response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
}

/** Where nobody but clients can have set them, forwarded headers count for nothing. */
function trustOnlyProxies(message: IncomingMessage): void {
  if (config().server.trustProxyHeaders) return
  message.headers['x-forwarded-for'] = message.socket.remoteAddress
  message.headers['x-forwarded-host'] = message.headers.host
  message.headers['x-forwarded-proto'] = 'http'
}

/**
 * No script runs without the nonce, and nothing is fetched from elsewhere. Style attributes are allowed, since widgets
 * place themselves with them.
 */
export function contentSecurityPolicy(nonce: string): string {
  // React's development build evaluates code, and the development server writes inline styles.
  const isDevelopment = environment().NODE_ENV === 'development'
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src-elem 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
