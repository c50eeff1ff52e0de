import { type ReactNode, Suspense } from 'react'
import type { ShellProject } from '@/components/shell/view'
import { dashboardContext, requireSession } from '@/lib/session/dashboard-context'
import { scopesOf } from '@/lib/session/session'
import { deleteUnfinishedImage, signOut, switchProject } from './actions'
import { Frame } from './frame'

/** The shell. It guards nothing: every page asks for its own context. */
export default async function UiLayout({ children }: { children: ReactNode }) {
  const [{ principal }, session] = [await dashboardContext(), await requireSession()]
  const projects = (await scopesOf(session)).map(
    ({ projectId: id, projectName: name, domainName }): ShellProject => ({ id, name, domainName }),
  )
  return (
    <Suspense>
      <Frame
        user={{ name: principal.userName, domainName: principal.userDomainName, roles: principal.roles }}
        project={projects.find((project) => project.id === principal.projectId) ?? null}
        projects={projects}
        actions={{ switchProject, signOut }}
        deleteImage={deleteUnfinishedImage}
      >
        {children}
      </Frame>
    </Suspense>
  )
}
