import type { AuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { config } from '@/lib/config/load'
import { sessionSecret } from '@/lib/config/session-secret'
import { isApiError } from '@/lib/errors/api-error'
import { firstAddress } from '@/lib/http/web'
import { refuseUnusable } from '@/lib/http/wire'
import { logger } from '@/lib/runtime/logger'
import { openSession } from './session'
import { cookieReader } from './session-cookie'

/** Remembers, across sessions, the project that the person was in last. */
export const lastProjectCookie = 'glimpse-project'

/**
 * next-auth's settings: one form for either identity. Its cookie holds nothing but the opaque id of our session, and
 * the page can ask next-auth for nothing more than a name.
 */
export function authOptions(): AuthOptions {
  return {
    secret: sessionSecret(),
    session: { strategy: 'jwt', maxAge: Math.floor(config().session.lifetimeSeconds) },
    pages: { signIn: '/signin', error: '/signin' },
    logger: {
      error: (code, metadata) => logger().error({ code, err: metadata }, 'next-auth failed'),
      warn: (code) => logger().debug({ code }, 'next-auth warns'),
      debug: () => {},
    },
    providers: [
      CredentialsProvider({
        id: 'password',
        name: 'password',
        credentials: { userName: {}, password: {}, domainName: {} },
        authorize: async (input, request) => {
          const headers: Readonly<Record<string, unknown>> = request.headers ?? {}
          try {
            refuseUnusable({ ...input })
            const session = await openSession(
              {
                userName: input?.userName ?? '',
                password: input?.password ?? '',
                domainName: input?.domainName || 'Default',
              },
              {
                remoteAddress: firstAddress(textOf(headers['x-forwarded-for'])),
                lastProjectId: cookieReader(textOf(headers.cookie))(lastProjectCookie),
              },
            )
            return { id: session.id, name: session.userName }
          } catch (error) {
            if (!isApiError(error)) logger().error({ err: error }, 'signing in failed unexpectedly')
            // The form turns the code into words.
            throw new Error(isApiError(error) ? error.code : 'internal')
          }
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user === undefined ? token : { sid: user.id, name: user.name ?? null }),
      session: ({ session, token }) => ({ expires: session.expires, user: { name: token.name ?? null } }),
      redirect: ({ url, baseUrl }) => (url.startsWith('/') ? `${baseUrl}${url}` : baseUrl),
    },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
