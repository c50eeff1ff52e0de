-- CreateTable
CREATE TABLE "Event" (
    "id" BIGSERIAL NOT NULL,
    "position" BIGINT,
    "type" TEXT COLLATE "C" NOT NULL,
    "outcome" TEXT COLLATE "C" NOT NULL,
    "imageId" TEXT COLLATE "C",
    "taskId" TEXT COLLATE "C",
    "memberId" TEXT COLLATE "C",
    "userId" TEXT COLLATE "C",
    "projectId" TEXT COLLATE "C",
    "requestId" TEXT COLLATE "C",
    "before" JSONB,
    "payload" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Event_position_idx" ON "Event"("position");

-- CreateIndex
CREATE INDEX "Event_createdAt_idx" ON "Event"("createdAt");

-- CreateIndex
CREATE INDEX "Event_imageId_id_idx" ON "Event"("imageId", "id");
