import type { ReactNode } from 'react'
import { Banner } from '@/components/ui/banner'
import { LinkButton } from '@/components/ui/link-button'
import type { RequestContext } from '@/lib/context/request-context'
import { type ApiError, isApiError } from '@/lib/errors/api-error'
import { countOffers } from '@/lib/images/offers'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { allowed } from '@/lib/policy/enforce'
import { policyState } from '@/lib/policy/policy-source'
import { projectTarget } from '@/lib/policy/targets'
import { dashboardContext, findDashboardContext, requireSession } from '@/lib/session/dashboard-context'
import { standingOf } from '@/lib/session/session-request'
import { countOpenUploads } from '@/lib/uploads/find-upload'
import { accountTexts } from './account/messages'
import { deleteUnfinishedImage, signOut, switchProject } from './actions'
import { Frame } from './frame'
import { uiMessages } from './messages'
import { Problem } from './problem'
import { readerProjects } from './projects'

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
  const projects = await readerProjects()
  // Whoever can do something about it should not have to look for it.
  const policyProblem = isCatalogAdmin(ctx) ? policyState().problem : null
  return (
    <Frame
      user={{ name: principal.userName, domainName: principal.userDomainName, roles: principal.roles }}
      project={projects.find((project) => project.id === principal.projectId) ?? null}
      projects={projects}
      session={{ ...standingOf(session, principal), domainName: principal.userDomainName }}
      actions={{ switchProject, signOut }}
      deleteImage={deleteUnfinishedImage}
      canListImages={allowed(ctx, 'get_images', projectTarget(ctx))}
      offers={await waitingOffers(ctx)}
      uploads={await countOpenUploads(ctx)}
    >
      {session.mustChangePassword && (
        <div className="px-4 pt-3">
          <Banner tone="warn" actions={<LinkButton href="/account">{accountTexts.change}</LinkButton>}>
            {accountTexts.mustChange}
          </Banner>
        </div>
      )}
      {policyProblem !== null && (
        <div className="px-4 pt-3">
          <Banner tone="danger" title={uiMessages.policyRefused}>
            <p className="wrap-anywhere">{policyProblem.reason}</p>
            <p>{uiMessages.policyStays}</p>
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

const OFFERS_COUNTED = 99

/** How many offers wait for an answer; null where the reader may not look. Never rejects: it only decorates. */
async function waitingOffers(ctx: RequestContext): Promise<number | null> {
  try {
    return await countOffers(ctx, 'pending', OFFERS_COUNTED)
  } catch (error) {
    if (!isApiError(error)) ctx.log.warn({ err: error }, 'waiting offers could not be counted')
    return null
  }
}
