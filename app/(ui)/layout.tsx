import type { ReactNode } from 'react'
import type { ShellProject } from '@/components/shell/view'
import { Banner } from '@/components/ui/banner'
import { LinkButton } from '@/components/ui/button'
import { dashboardContext, requireSession } from '@/lib/session/dashboard-context'
import { scopesOf } from '@/lib/session/session'
import { accountTexts } from './account/messages'
import { deleteUnfinishedImage, signOut, switchProject } from './actions'
import { Frame } from './frame'

/** The shell. It guards nothing: every page asks for its own context. */
export default async function UiLayout({ children }: { children: ReactNode }) {
  const [{ principal }, session] = [await dashboardContext(), await requireSession()]
  const projects = (await scopesOf(session)).map(
    ({ projectId: id, projectName: name, domainName }): ShellProject => ({ id, name, domainName }),
  )
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
