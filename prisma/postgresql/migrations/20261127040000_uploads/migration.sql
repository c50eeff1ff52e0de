-- CreateTable
CREATE TABLE "Upload" (
    "id" TEXT NOT NULL,
    "imageId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "projectId" TEXT,
    "lengthBytes" BIGINT NOT NULL,
    "offsetBytes" BIGINT NOT NULL DEFAULT 0,
    "metadata" TEXT NOT NULL,
    "storeIds" JSONB NOT NULL,
    "mustSucceed" BOOLEAN NOT NULL,
    "digest" TEXT,
    "reservedBytes" BIGINT NOT NULL DEFAULT 0,
    "writer" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Upload_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Upload_imageId_key" ON "Upload"("imageId");

-- CreateIndex
CREATE INDEX "Upload_expiresAt_idx" ON "Upload"("expiresAt");

-- CreateIndex
CREATE INDEX "Upload_userId_createdAt_id_idx" ON "Upload"("userId", "createdAt", "id");

-- AddForeignKey
ALTER TABLE "Upload" ADD CONSTRAINT "Upload_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;
