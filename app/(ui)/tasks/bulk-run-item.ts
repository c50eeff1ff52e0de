import type { BulkRunItem } from '@/components/tasks/view'
import type { RequestContext } from '@/lib/context/request-context'
import type { BulkRun } from '@/lib/tasks/bulk-runs'
import { actSchema } from '../images/bulk-schema'

export function bulkRunItem(ctx: RequestContext, run: BulkRun, names: ReadonlyMap<string, string>): BulkRunItem {
  const { userId, projectId, createdAt, updatedAt: _updatedAt, act, ...rest } = run
  return {
    ...rest,
    act: actSchema.safeParse(act).data ?? null,
    who: userId === ctx.principal.userId ? 'reader' : 'other',
    projectId,
    projectName: names.get(projectId) ?? null,
    createdAt: new Date(createdAt).toISOString(),
  }
}
