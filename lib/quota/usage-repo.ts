import type { DbOrTx, Tx } from '@/lib/db/client'
import type { LimitName } from './limit-names'

/**
 * Makes everybody wait who would add to the same project until the transaction ends. It must be the transaction's
 * first statement: rows are always held in this order, and SQLite gets its write lock before it reads.
 */
export async function lockProject(tx: Tx, projectId: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO "QuotaLock" ("projectId") VALUES (${projectId})
    ON CONFLICT ("projectId") DO UPDATE SET "projectId" = excluded."projectId"`
}

interface Total {
  readonly total: bigint | number
}

/**
 * What a project has of something, in bytes or images, with what running work has reserved. Each is one statement, so
 * that bytes which pass from a reservation to an image are seen once. The joins say CROSS because SQLite takes their
 * order from it.
 */
export async function readUsage(client: DbOrTx, projectId: string, name: LimitName): Promise<number> {
  const [row] = await queries[name](client, projectId)
  return Number(row?.total ?? 0)
}

type Query = (client: DbOrTx, projectId: string) => Promise<Total[]>

const queries: Readonly<Record<LimitName, Query>> = {
  image_size_total: (client, projectId) => client.$queryRaw<Total[]>`SELECT CAST(
    COALESCE((
      SELECT SUM(i."sizeBytes") FROM "Image" i CROSS JOIN "ImageLocation" l
      WHERE i."isDeleted" = ${false} AND i."ownerId" = ${projectId} AND i."status" NOT IN ('killed', 'pending_delete')
        AND l."imageId" = i."id" AND l."state" IN ('active', 'held')), 0)
    + COALESCE((
      SELECT SUM(e."reservedBytes") FROM "Lease" e CROSS JOIN "Image" i
      WHERE e."reservedOf" = 'image_size_total' AND e."purpose" <> 'discard'
        AND i."id" = e."imageId" AND i."ownerId" = ${projectId}), 0)
    + COALESCE((
      SELECT SUM(t."reservedBytes") FROM "Task" t CROSS JOIN "Image" i
      WHERE t."status" IN ('pending', 'processing') AND i."id" = t."imageId" AND i."ownerId" = ${projectId}), 0)
    + COALESCE((
      SELECT SUM(u."reservedBytes") FROM "Upload" u CROSS JOIN "Image" i
      WHERE u."state" = 'open' AND i."id" = u."imageId" AND i."ownerId" = ${projectId}), 0)
    AS BIGINT) AS total`,

  image_stage_total: (client, projectId) => client.$queryRaw<Total[]>`SELECT CAST(
    COALESCE((
      SELECT SUM(i."sizeBytes") FROM "Image" i
      WHERE i."isDeleted" = ${false} AND i."ownerId" = ${projectId} AND i."status" IN ('uploading', 'importing')), 0)
    + COALESCE((
      SELECT SUM(i."sizeBytes") FROM "ImageProperty" p CROSS JOIN "Image" i
      WHERE p."name" = 'os_glance_importing_to_stores' AND p."valuePrefix" > '' AND i."id" = p."imageId"
        AND i."isDeleted" = ${false} AND i."ownerId" = ${projectId}
        AND i."status" NOT IN ('uploading', 'importing', 'killed', 'pending_delete')), 0)
    + COALESCE((
      SELECT SUM(e."reservedBytes") FROM "Lease" e CROSS JOIN "Image" i
      WHERE e."reservedOf" = 'image_stage_total' AND e."purpose" <> 'discard'
        AND i."id" = e."imageId" AND i."ownerId" = ${projectId}), 0)
    + COALESCE((
      SELECT SUM(u."lengthBytes") FROM "Upload" u CROSS JOIN "Image" i
      WHERE u."state" = 'open' AND i."id" = u."imageId" AND i."ownerId" = ${projectId}), 0)
    AS BIGINT) AS total`,

  image_count_total: (client, projectId) => client.$queryRaw<Total[]>`
    SELECT COUNT(*) AS total FROM "Image" i
    WHERE i."isDeleted" = ${false} AND i."ownerId" = ${projectId} AND i."status" NOT IN ('killed', 'pending_delete')`,

  image_count_uploading: (client, projectId) => client.$queryRaw<Total[]>`SELECT
    (SELECT COUNT(*) FROM "Image" i
      WHERE i."isDeleted" = ${false} AND i."ownerId" = ${projectId}
        AND i."status" IN ('saving', 'uploading', 'importing'))
    + (SELECT COUNT(*) FROM "ImageProperty" p CROSS JOIN "Image" i
      WHERE p."name" = 'os_glance_importing_to_stores' AND p."valuePrefix" > '' AND i."id" = p."imageId"
        AND i."isDeleted" = ${false} AND i."ownerId" = ${projectId}
        AND i."status" NOT IN ('saving', 'uploading', 'importing', 'killed', 'pending_delete'))
    AS total`,
}
