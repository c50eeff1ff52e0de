-- AlterTable
ALTER TABLE "Image" ADD COLUMN "statusBefore" TEXT;

-- AlterTable
ALTER TABLE "ImageLocation" ADD COLUMN "claimId" TEXT;
ALTER TABLE "ImageLocation" ADD COLUMN "claimedUntil" DATETIME;
