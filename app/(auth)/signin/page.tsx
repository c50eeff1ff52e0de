import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { config } from '@/lib/config/load'
import { dashboardSession } from '@/lib/session/dashboard-context'
import { principalOf } from '@/lib/session/dashboard-context-of'
import { safeNext } from '@/lib/session/sign-in-path'
import { signInTexts } from '../messages'
import { SignInForm } from './sign-in-form'

export function generateMetadata(): Metadata {
  return { title: signInTexts.title }
}

interface SignInProps {
  readonly searchParams: Promise<{ readonly next?: string | string[]; readonly over?: string | string[] }>
}

export default async function SignInPage({ searchParams }: SignInProps) {
  const { next, over } = await searchParams
  const target = safeNext(typeof next === 'string' ? next : undefined)
  if (over === undefined && (await isSignedIn())) redirect(target)
  return <SignInForm next={target} isOver={over !== undefined} isBuiltin={config().identity.backend === 'builtin'} />
}

async function isSignedIn(): Promise<boolean> {
  const session = await dashboardSession()
  if (session === undefined) return false
  return (await principalOf(session.scopedToken ?? session.unscopedToken)) !== undefined
}
