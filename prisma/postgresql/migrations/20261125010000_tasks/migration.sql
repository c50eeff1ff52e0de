-- CreateTable
CREATE TABLE "Task" (
    "id" TEXT COLLATE "C" NOT NULL,
    "type" TEXT COLLATE "C" NOT NULL,
    "status" TEXT COLLATE "C" NOT NULL,
    "input" JSONB NOT NULL,
    "result" JSONB,
    "message" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "ownerId" TEXT COLLATE "C",
    "userId" TEXT COLLATE "C",
    "requestId" TEXT COLLATE "C",
    "imageId" TEXT COLLATE "C",
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "boundNodeId" TEXT COLLATE "C",
    "nodeId" TEXT COLLATE "C",
    "bootId" TEXT COLLATE "C",
    "claimedUntil" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3),

    CONSTRAINT "Task_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Task_status_claimedUntil_idx" ON "Task"("status", "claimedUntil");

-- CreateIndex
CREATE INDEX "Task_imageId_status_idx" ON "Task"("imageId", "status");

-- CreateIndex
CREATE INDEX "Task_createdAt_id_idx" ON "Task"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Task_expiresAt_idx" ON "Task"("expiresAt");

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE SET NULL ON UPDATE CASCADE;
