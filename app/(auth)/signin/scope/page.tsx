import { FolderX } from 'lucide-react'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EmptyState } from '@/components/ui/empty-state'
import { isApiError } from '@/lib/errors/api-error'
import { requireSession } from '@/lib/session/dashboard-context'
import { type DashboardSession, scopesOf } from '@/lib/session/session'
import { safeNext, signInPath } from '@/lib/session/sign-in-path'
import { signOut, switchProject } from '../../../(ui)/actions'
import { signInTexts } from '../../messages'
import { ScopeList } from './scope-list'

const texts = signInTexts.scope
export const metadata: Metadata = { title: texts.title }

interface ScopeProps {
  readonly searchParams: Promise<{ readonly next?: string | string[] }>
}

export default async function ScopePage({ searchParams }: ScopeProps) {
  const { next } = await searchParams
  const target = safeNext(typeof next === 'string' ? next : undefined)
  const scopes = await scopesOrSignIn(await requireSession())
  if (scopes.length === 0) {
    return (
      <>
        <EmptyState headingLevel={1} icon={<FolderX aria-hidden />} title={texts.noneTitle} text={texts.none} />
        <ScopeList scopes={[]} next={target} enter={switchProject} signOut={signOut} />
      </>
    )
  }
  return (
    <>
      <h1 className="font-semibold text-lg">{texts.title}</h1>
      <p className="mb-4 text-muted text-sm">{texts.text}</p>
      <ScopeList scopes={scopes} next={target} enter={switchProject} signOut={signOut} />
    </>
  )
}

async function scopesOrSignIn(session: DashboardSession) {
  try {
    return await scopesOf(session)
  } catch (error) {
    if (isApiError(error) && error.code === 'unauthorized') redirect(signInPath({ next: '', isOver: true }))
    throw error
  }
}
