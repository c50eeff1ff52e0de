-- CreateTable
CREATE TABLE "BulkRun" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "act" JSONB NOT NULL,
    "failed" JSONB NOT NULL,
    "skipped" JSONB NOT NULL,
    "doneCount" INTEGER NOT NULL,
    "failedCount" INTEGER NOT NULL,
    "skippedCount" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "BulkRun_projectId_createdAt_idx" ON "BulkRun"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "BulkRun_expiresAt_idx" ON "BulkRun"("expiresAt");
