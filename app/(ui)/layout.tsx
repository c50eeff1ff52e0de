import type { ReactNode } from 'react'
import type { ShellProject } from '@/components/shell/view'
import { Banner } from '@/components/ui/banner'
import { LinkButton } from '@/components/ui/button'
import type { RequestContext } from '@/lib/context/request-context'
import { type ApiError, isApiError } from '@/lib/errors/api-error'
import { dashboardContext, findDashboardContext, requireSession } from '@/lib/session/dashboard-context'
import { type DashboardSession, scopesOf } from '@/lib/session/session'
import { accountTexts } from './account/messages'
import { deleteUnfinishedImage, signOut, switchProject } from './actions'
import { Frame } from './frame'
import { Problem } from './problem'

/** The shell. It guards nothing: every page asks for its own context. */
export default async function UiLayout({ children }: { children: ReactNode }) {
  const problem = await problemOfIdentity()
  if (problem !== undefined) {
    return (
      <main className="grid min-h-dvh place-items-center">
        <Problem error={problem} />
      </main>
    )
  }
  const [ctx, session] = [await dashboardContext(), await requireSession()]
  const { principal } = ctx
  const projects = await projectsOf(ctx, session)
  return (
    <Frame
      user={{ name: principal.userName, domainName: principal.userDomainName, roles: principal.roles }}
      project={projects.find((project) => project.id === principal.projectId) ?? null}
      projects={projects}
      actions={{ switchProject, signOut }}
      deleteImage={deleteUnfinishedImage}
    >
      {session.mustChangePassword && (
        <div className="px-4 pt-3">
          <Banner tone="warn" actions={<LinkButton href="/account">{accountTexts.change}</LinkButton>}>
            {accountTexts.mustChange}
          </Banner>
        </div>
      )}
      {children}
    </Frame>
  )
}

/** Why nobody can be recognised now; without an identity service not even the shell can be shown. */
async function problemOfIdentity(): Promise<ApiError | undefined> {
  try {
    await findDashboardContext()
    return undefined
  } catch (error) {
    if (isApiError(error)) return error
    throw error
  }
}

/** The projects to switch between; only the present one while the identity service does not tell. */
async function projectsOf({ principal, log }: RequestContext, session: DashboardSession): Promise<ShellProject[]> {
  try {
    const scopes = await scopesOf(session)
    return scopes.map(({ projectId: id, projectName: name, domainName }) => ({ id, name, domainName }))
  } catch (error) {
    if (!isApiError(error)) throw error
    log.warn({ err: error }, 'the projects of a session could not be listed')
    const { projectId: id, projectName, projectDomainName } = principal
    return id === null ? [] : [{ id, name: projectName ?? id, domainName: projectDomainName ?? '' }]
  }
}
