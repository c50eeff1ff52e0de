import NextAuth from 'next-auth'
import { authOptions } from '@/lib/session/auth-options'

type Context = { params: Promise<{ nextauth: string[] }> }

// Made per request: the settings need the configuration, which a build does not have.
const handle = (request: Request, context: Context) => NextAuth(authOptions())(request, context)

export { handle as GET, handle as POST }
