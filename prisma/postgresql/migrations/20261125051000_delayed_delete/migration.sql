-- AlterTable
ALTER TABLE "Image" ADD COLUMN "statusBefore" TEXT COLLATE "C";

-- AlterTable
ALTER TABLE "ImageLocation" ADD COLUMN "claimId" TEXT COLLATE "C",
ADD COLUMN "claimedUntil" TIMESTAMP(3);
