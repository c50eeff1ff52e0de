-- CreateTable
CREATE TABLE "Event" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "position" BIGINT,
    "type" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "imageId" TEXT,
    "taskId" TEXT,
    "memberId" TEXT,
    "userId" TEXT,
    "projectId" TEXT,
    "requestId" TEXT,
    "before" JSONB,
    "payload" JSONB NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "Event_position_idx" ON "Event"("position");

-- CreateIndex
CREATE INDEX "Event_createdAt_idx" ON "Event"("createdAt");

-- CreateIndex
CREATE INDEX "Event_imageId_id_idx" ON "Event"("imageId", "id");
