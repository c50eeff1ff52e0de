-- CreateTable
CREATE TABLE "Task" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "type" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "result" JSONB,
    "message" TEXT NOT NULL DEFAULT '',
    "ownerId" TEXT,
    "userId" TEXT,
    "requestId" TEXT,
    "imageId" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "boundNodeId" TEXT,
    "nodeId" TEXT,
    "bootId" TEXT,
    "claimedUntil" DATETIME,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "expiresAt" DATETIME,
    CONSTRAINT "Task_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Task_status_claimedUntil_idx" ON "Task"("status", "claimedUntil");

-- CreateIndex
CREATE INDEX "Task_imageId_status_idx" ON "Task"("imageId", "status");

-- CreateIndex
CREATE INDEX "Task_createdAt_id_idx" ON "Task"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Task_expiresAt_idx" ON "Task"("expiresAt");
