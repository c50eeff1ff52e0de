import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { findAuditRows } from '@/lib/events/event-repo'
import type { Image } from '@/lib/images/image'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { auditRecord } from './audit-record'

/** Whether the caller may read who changed an image: administrators, and the project that owns it. */
export function mayReadHistory(ctx: RequestContext, image: Image): boolean {
  const { projectId } = ctx.principal
  return isCatalogAdmin(ctx) || (projectId !== null && image.ownerId === projectId)
}

/**
 * Who changed an image and who was refused, newest first; its tasks are told elsewhere. A page may have fewer records
 * than asked for, and another after it. Throws `policy_denied`.
 */
export async function imageHistory(
  ctx: RequestContext,
  image: Image,
  { beforeId, limit }: { readonly beforeId?: number; readonly limit: number },
) {
  if (!mayReadHistory(ctx, image)) throw apiError('policy_denied')
  const { rows, next } = await findAuditRows({ imageId: image.id, limit, ...(beforeId !== undefined && { beforeId }) })
  const shown = rows.filter(({ type }) => !type.startsWith('task.'))
  return { records: shown.map((row) => auditRecord(ctx, row)), next }
}
