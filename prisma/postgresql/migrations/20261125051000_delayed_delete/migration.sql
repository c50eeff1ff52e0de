-- AlterTable
ALTER TABLE "Image" ADD COLUMN "statusBefore" TEXT COLLATE "C";

-- AlterTable
ALTER TABLE "ImageLocation" ADD COLUMN "claimId" TEXT COLLATE "C",
ADD COLUMN "claimedUntil" TIMESTAMP(3);

-- DropIndex
DROP INDEX "Event_createdAt_idx";

-- CreateIndex
CREATE INDEX "Event_outcome_createdAt_idx" ON "Event"("outcome", "createdAt");
