-- AlterTable
ALTER TABLE "Lease" ADD COLUMN "reservedBytes" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "Lease" ADD COLUMN "reservedOf" TEXT;

-- AlterTable
ALTER TABLE "Task" ADD COLUMN "reservedBytes" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "RegisteredLimit" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "serviceId" TEXT NOT NULL,
    "regionId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "defaultLimit" INTEGER NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    CONSTRAINT "RegisteredLimit_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ProjectLimit" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "registeredLimitId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "resourceLimit" INTEGER NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    CONSTRAINT "ProjectLimit_registeredLimitId_fkey" FOREIGN KEY ("registeredLimitId") REFERENCES "RegisteredLimit" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "ProjectLimit_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "QuotaLock" (
    "projectId" TEXT NOT NULL PRIMARY KEY
);

-- CreateIndex
CREATE UNIQUE INDEX "RegisteredLimit_serviceId_regionId_resourceName_key" ON "RegisteredLimit"("serviceId", "regionId", "resourceName");

-- CreateIndex
CREATE INDEX "ProjectLimit_projectId_idx" ON "ProjectLimit"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "ProjectLimit_registeredLimitId_projectId_key" ON "ProjectLimit"("registeredLimitId", "projectId");
