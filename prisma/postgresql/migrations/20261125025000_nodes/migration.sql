-- AlterTable
ALTER TABLE "ImageLocation" ADD COLUMN "nodeId" TEXT COLLATE "C";
UPDATE "ImageLocation" SET "nodeId" = "metadata"->>'nodeId' WHERE "storeId" = 'os_glance_staging_store';

-- CreateTable
CREATE TABLE "Node" (
    "id" TEXT COLLATE "C" NOT NULL,
    "seenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Node_pkey" PRIMARY KEY ("id")
);
