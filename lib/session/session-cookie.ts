import { decode } from 'next-auth/jwt'
import { sessionSecret } from '@/lib/config/session-secret'
import { type DashboardSession, findDashboardSession } from './session'

/** next-auth's names of its cookie, over HTTPS and without; httpOnly, encrypted, holding an opaque id. */
export const sessionCookies = ['__Secure-next-auth.session-token', 'next-auth.session-token'] as const

/** The session that a request's cookies name; undefined when there is none or it is over. */
export async function sessionOfCookies(
  cookie: (name: string) => string | undefined,
): Promise<DashboardSession | undefined> {
  for (const name of sessionCookies) {
    const text = cookie(name)
    const id = text === undefined || text === '' ? undefined : await sessionIdOf(text)
    if (id !== undefined) return findDashboardSession(id)
  }
  return undefined
}

async function sessionIdOf(text: string): Promise<string | undefined> {
  try {
    const content = await decode({ token: text, secret: sessionSecret() })
    return typeof content?.sid === 'string' ? content.sid : undefined
  } catch {
    // Encrypted with another secret, or no token at all.
    return undefined
  }
}

/** Reads one cookie out of a `Cookie` header. */
export function cookieReader(header: string | undefined): (name: string) => string | undefined {
  const found = new Map<string, string>()
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (equals > 0) found.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
  return (name) => found.get(name)
}
