-- CreateTable
CREATE TABLE "PolicyRevision" (
    "number" INTEGER NOT NULL PRIMARY KEY,
    "action" TEXT NOT NULL,
    "detail" TEXT,
    "rules" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "userId" TEXT,
    "userName" TEXT,
    "createdAt" DATETIME NOT NULL
);
