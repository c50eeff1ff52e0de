-- CreateTable
CREATE TABLE "BulkRun" (
    "id" TEXT COLLATE "C" NOT NULL,
    "projectId" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "act" JSONB NOT NULL,
    "failed" JSONB NOT NULL,
    "skipped" JSONB NOT NULL,
    "doneCount" INTEGER NOT NULL,
    "failedCount" INTEGER NOT NULL,
    "skippedCount" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "BulkRun_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "BulkRun_projectId_createdAt_idx" ON "BulkRun"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "BulkRun_expiresAt_idx" ON "BulkRun"("expiresAt");
