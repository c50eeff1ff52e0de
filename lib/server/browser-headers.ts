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
  message.headers['x-glimpse-path'] = pageOf(message.url ?? '/')
  nameOrigin(message)
  response.setHeader('content-security-policy', policy)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'same-origin')
  response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
}

/**
 * Tells Next and next-auth where the browser believes to be and comes from, in the headers that both read: the
 * configured address, else what a trusted proxy says, else the request alone. Where nobody but clients can have set
 * them, they count for nothing.
 */
function nameOrigin({ headers, socket }: IncomingMessage): void {
  const { server, session } = config()
  if (!server.trustProxyHeaders) {
    headers['x-forwarded-for'] = socket.remoteAddress
    headers['x-forwarded-host'] = headers.host
    headers['x-forwarded-proto'] = 'http'
  }
  if (session.url !== undefined) {
    const { host, protocol } = new URL(session.url)
    headers['x-forwarded-host'] = host
    headers['x-forwarded-proto'] = protocol.slice(0, -1)
  }
}

/** The address as a person would write it, without what Next's own scripts add when they fetch a part of it. */
function pageOf(url: string): string {
  return url.replace(/[?&]_rsc=[^&]*/g, '').replace(/^([^?&]*)&/, '$1?')
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
