-- AlterTable
ALTER TABLE "Lease" ADD COLUMN     "reservedBytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "reservedOf" TEXT;

-- AlterTable
ALTER TABLE "Task" ADD COLUMN     "reservedBytes" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "RegisteredLimit" (
    "id" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "regionId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "defaultLimit" INTEGER NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "RegisteredLimit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProjectLimit" (
    "id" TEXT NOT NULL,
    "registeredLimitId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "resourceLimit" INTEGER NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "ProjectLimit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "QuotaLock" (
    "projectId" TEXT NOT NULL,

    CONSTRAINT "QuotaLock_pkey" PRIMARY KEY ("projectId")
);

-- CreateIndex
CREATE UNIQUE INDEX "RegisteredLimit_serviceId_regionId_resourceName_key" ON "RegisteredLimit"("serviceId", "regionId", "resourceName");

-- CreateIndex
CREATE INDEX "ProjectLimit_projectId_idx" ON "ProjectLimit"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "ProjectLimit_registeredLimitId_projectId_key" ON "ProjectLimit"("registeredLimitId", "projectId");

-- AddForeignKey
ALTER TABLE "RegisteredLimit" ADD CONSTRAINT "RegisteredLimit_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectLimit" ADD CONSTRAINT "ProjectLimit_registeredLimitId_fkey" FOREIGN KEY ("registeredLimitId") REFERENCES "RegisteredLimit"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectLimit" ADD CONSTRAINT "ProjectLimit_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
