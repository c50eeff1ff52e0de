-- AlterTable
ALTER TABLE "ImageLocation" ADD COLUMN "nodeId" TEXT;
UPDATE "ImageLocation" SET "nodeId" = json_extract("metadata", '$.nodeId') WHERE "storeId" = 'os_glance_staging_store';

-- CreateTable
CREATE TABLE "Node" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seenAt" DATETIME NOT NULL
);
