import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'

export type LimitedPart = 'objects' | 'properties' | 'tags' | 'resource types'

/** Throws `quota_exceeded` when a namespace would hold more of something than the settings let it. */
export function checkContentLimit(part: LimitedPart, attempted: number): void {
  const { objectLimit, propertyLimit, tagLimit, resourceTypeLimit } = config().metadefs
  const limits = {
    objects: objectLimit,
    properties: propertyLimit,
    tags: tagLimit,
    'resource types': resourceTypeLimit,
  }
  check(limits[part], attempted, `${part} in this metadata definition namespace`)
}

/** Throws `quota_exceeded` when a project would own more namespaces than the settings let it. */
export function checkNamespaceLimit(attempted: number): void {
  check(config().metadefs.namespaceLimit, attempted, 'metadata definition namespaces of this project')
}

/** Whether the namespaces of projects are counted at all. */
export const limitsNamespaces = (): boolean => config().metadefs.namespaceLimit >= 0

function check(limit: number, attempted: number, what: string): void {
  if (limit < 0 || attempted <= limit) return
  throw apiError('quota_exceeded', {
    public: `The limit has been exceeded on the number of ${what}. Attempted: ${attempted}, Maximum: ${limit}`,
  })
}
