import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import { findAuditRows } from '@/lib/events/event-repo'
import { jsonResponse, type WireHandler } from '@/lib/http/wire'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { auditRecord } from './audit-record'
import { dataContext, dataFault } from './image-data'

// PostgreSQL refuses to look for a NUL character.
const text = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\0]+$/)
  .optional()
const parameters = z.strictObject({
  image: text,
  project: text,
  user: text,
  request: text,
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

/**
 * GET /api/ui/audit: who changed what, newest first, and who was refused, for administrators with a session, who read
 * no property here that is protected from them. `before`
 * is what the page before gave as `next`; a page may have fewer records than asked for, and another after it.
 */
export const auditRequest: WireHandler = async (request) => {
  try {
    const ctx = await dataContext(request)
    if (!isCatalogAdmin(ctx)) {
      throw apiError('forbidden', { public: 'Only administrators may read who changed what.' })
    }
    const parsed = parameters.safeParse(Object.fromEntries(new URLSearchParams(request.query)))
    if (!parsed.success) throw apiError('bad_request', { public: z.prettifyError(parsed.error) })
    const { image, project, user, request: requestId, before, limit } = parsed.data
    const { rows, next } = await findAuditRows({
      limit,
      ...(image !== undefined && { imageId: image }),
      ...(project !== undefined && { projectId: project }),
      ...(user !== undefined && { userId: user }),
      ...(requestId !== undefined && { requestId }),
      ...(before !== undefined && { beforeId: before }),
    })
    return jsonResponse(
      200,
      { records: rows.map((row) => auditRecord(ctx, row)), next },
      { 'cache-control': 'no-store' },
    )
  } catch (error) {
    return dataFault(error, request, undefined)
  }
}
