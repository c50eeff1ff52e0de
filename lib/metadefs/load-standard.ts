import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { enforceOnProject, type ProjectCall, standingOnProject } from './access'
import { type FileResult, loadDefinitions } from './definition-files'

const calls: readonly ProjectCall[] = [
  'createNamespace',
  'nestAssociations',
  'nestObjects',
  'nestProperties',
  'nestTags',
]

/**
 * Whether the caller may load the definitions that the service brings: an administrator, since they are for all projects,
 * who may also create each of them by the API.
 */
export function mayLoadStandard(ctx: RequestContext): boolean {
  return isCatalogAdmin(ctx) && calls.every((call) => standingOnProject(ctx, call) === 'granted')
}

/**
 * Loads the definition files that the command `metadefs load` reads; what is there already stays as it is. Throws
 * `policy_denied`, and `forbidden` for those who are no administrators.
 */
export async function loadStandardDefinitions(ctx: RequestContext): Promise<FileResult[]> {
  for (const call of calls) enforceOnProject(ctx, call)
  if (!isCatalogAdmin(ctx)) throw apiError('forbidden', { public: 'Only administrators may load definitions for all.' })
  return await loadDefinitions(config().metadefs.sourcePath, { mode: 'skip', by: actorOf(ctx) })
}
