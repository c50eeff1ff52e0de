-- CreateTable
CREATE TABLE "PolicyRevision" (
    "number" INTEGER NOT NULL,
    "action" TEXT COLLATE "C" NOT NULL,
    "detail" TEXT COLLATE "C",
    "rules" JSONB NOT NULL,
    "reason" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C",
    "userName" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "PolicyRevision_pkey" PRIMARY KEY ("number")
);
