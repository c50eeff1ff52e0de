import { db } from '@/lib/db/client'

export interface FoundLimit {
  readonly resourceName: string
  /** empty for every region */
  readonly regionId: string
  readonly limit: number
}

/** What the built-in identity's administrators set for image services: for all projects, or for this one. */
export async function findBuiltinLimits(projectId: string, regionId: string): Promise<FoundLimit[]> {
  const rows = await db().registeredLimit.findMany({
    where: { service: { type: 'image' }, regionId: { in: ['', regionId] } },
    include: { limits: { where: { projectId } } },
  })
  return rows.map((row) => ({
    resourceName: row.resourceName,
    regionId: row.regionId,
    limit: row.limits[0]?.resourceLimit ?? row.defaultLimit,
  }))
}
