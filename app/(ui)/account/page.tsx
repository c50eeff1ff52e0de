import type { Metadata } from 'next'
import { config } from '@/lib/config/load'
import { dashboardContext, requireSession } from '@/lib/session/dashboard-context'
import { guarded } from '../guarded'
import { accountTexts } from './messages'
import { PasswordForm } from './password-form'
import { changePasswordAction } from './server-actions'

export function generateMetadata(): Metadata {
  return { title: accountTexts.title }
}

export default async function AccountPage() {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const { userName } = await requireSession()
    const { userDomainName, projectName, roles } = ctx.principal
    const facts = [
      [accountTexts.user, userName],
      [accountTexts.domain, userDomainName],
      [accountTexts.project, projectName ?? accountTexts.none],
      [accountTexts.roles, roles.join(', ') || accountTexts.none],
    ] as const
    return (
      <div className="flex max-w-md flex-col gap-6 px-4 py-4 md:px-6">
        <h1 className="font-semibold text-xl">{accountTexts.title}</h1>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="wrap-anywhere">{value}</dd>
            </div>
          ))}
        </dl>
        <section className="flex flex-col gap-3">
          <h2 className="font-semibold text-lg">{accountTexts.changePassword}</h2>
          {config().identity.backend === 'builtin' ? (
            <PasswordForm userName={userName} change={changePasswordAction} />
          ) : (
            <p className="text-muted">{accountTexts.elsewhere}</p>
          )}
        </section>
      </div>
    )
  })
}
