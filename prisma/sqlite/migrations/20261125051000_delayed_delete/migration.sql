-- AlterTable
ALTER TABLE "Image" ADD COLUMN "statusBefore" TEXT;

-- AlterTable
ALTER TABLE "ImageLocation" ADD COLUMN "claimId" TEXT;
ALTER TABLE "ImageLocation" ADD COLUMN "claimedUntil" DATETIME;

-- DropIndex
DROP INDEX "Event_createdAt_idx";

-- CreateIndex
CREATE INDEX "Event_outcome_createdAt_idx" ON "Event"("outcome", "createdAt");
