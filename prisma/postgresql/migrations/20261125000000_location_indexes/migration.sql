-- DropIndex
DROP INDEX "ImageLocation_state_idx";

-- DropIndex
DROP INDEX "ImageLocation_storeId_idx";

-- CreateIndex
CREATE INDEX "ImageLocation_state_imageId_idx" ON "ImageLocation"("state", "imageId");

-- CreateIndex
CREATE INDEX "ImageLocation_storeId_imageId_idx" ON "ImageLocation"("storeId", "imageId");
