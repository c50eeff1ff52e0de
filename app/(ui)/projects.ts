import { cache } from 'react'
import type { ShellProject } from '@/components/shell/view'
import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { dashboardContext, requireSession } from '@/lib/session/dashboard-context'
import { scopesOf } from '@/lib/session/session'

/**
 * The projects that the reader may enter, so that pages can name them; only the present one while the identity service
 * does not tell.
 */
export const readerProjects = cache(async (): Promise<readonly ShellProject[]> => {
  const [ctx, session] = [await dashboardContext(), await requireSession()]
  try {
    const scopes = await scopesOf(session)
    return scopes.map(({ projectId: id, projectName: name, domainName }) => ({ id, name, domainName }))
  } catch (error) {
    if (!isApiError(error)) throw error
    ctx.log.warn({ err: error }, 'the projects of a session could not be listed')
    return presentProject(ctx)
  }
})

function presentProject({ principal }: RequestContext): readonly ShellProject[] {
  const { projectId: id, projectName, projectDomainName } = principal
  return id === null ? [] : [{ id, name: projectName ?? id, domainName: projectDomainName ?? '' }]
}

/** Names of those among the ids that the reader knows. */
export async function projectNames(): Promise<ReadonlyMap<string, string>> {
  return new Map((await readerProjects()).map(({ id, name }) => [id, name]))
}
