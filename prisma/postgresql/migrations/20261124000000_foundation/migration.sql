-- Written by hand after generation: binary collation, so that both databases sort text alike, and NULL smallest in
-- indexes that serve sorting by a nullable column. Prisma models neither.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Image" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C",
    "status" TEXT COLLATE "C" NOT NULL,
    "visibility" TEXT COLLATE "C" NOT NULL,
    "ownerId" TEXT COLLATE "C",
    "diskFormat" TEXT COLLATE "C",
    "containerFormat" TEXT COLLATE "C",
    "sizeBytes" BIGINT,
    "virtualSizeBytes" BIGINT,
    "checksum" TEXT COLLATE "C",
    "hashAlgorithm" TEXT COLLATE "C",
    "hashValue" TEXT COLLATE "C",
    "minRamMib" INTEGER NOT NULL DEFAULT 0,
    "minDiskGib" INTEGER NOT NULL DEFAULT 0,
    "isProtected" BOOLEAN NOT NULL DEFAULT false,
    "isHidden" BOOLEAN NOT NULL DEFAULT false,
    "isDeleted" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "deletedAt" TIMESTAMP(3),
    "revision" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Image_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ImageProperty" (
    "imageId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "value" TEXT COLLATE "C" NOT NULL,
    "valuePrefix" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "ImageProperty_pkey" PRIMARY KEY ("imageId","name")
);

-- CreateTable
CREATE TABLE "ImageTag" (
    "imageId" TEXT COLLATE "C" NOT NULL,
    "value" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "ImageTag_pkey" PRIMARY KEY ("imageId","value")
);

-- CreateTable
CREATE TABLE "ImageMember" (
    "imageId" TEXT COLLATE "C" NOT NULL,
    "memberId" TEXT COLLATE "C" NOT NULL,
    "status" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ImageMember_pkey" PRIMARY KEY ("imageId","memberId")
);

-- CreateTable
CREATE TABLE "ImageLocation" (
    "id" TEXT COLLATE "C" NOT NULL,
    "imageId" TEXT COLLATE "C" NOT NULL,
    "storeId" TEXT COLLATE "C" NOT NULL,
    "url" TEXT COLLATE "C" NOT NULL,
    "metadata" JSONB NOT NULL,
    "state" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ImageLocation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Lease" (
    "id" TEXT COLLATE "C" NOT NULL,
    "imageId" TEXT COLLATE "C" NOT NULL,
    "purpose" TEXT COLLATE "C" NOT NULL,
    "storeId" TEXT COLLATE "C" NOT NULL,
    "nodeId" TEXT COLLATE "C" NOT NULL,
    "bootId" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Domain" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "Domain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "domainId" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "domainId" TEXT COLLATE "C" NOT NULL,
    "passwordHash" TEXT COLLATE "C",
    "email" TEXT COLLATE "C",
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "defaultProjectId" TEXT COLLATE "C",
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    "mustChange" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Role" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',

    CONSTRAINT "Role_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RoleImplication" (
    "priorRoleId" TEXT COLLATE "C" NOT NULL,
    "impliedRoleId" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "RoleImplication_pkey" PRIMARY KEY ("priorRoleId","impliedRoleId")
);

-- CreateTable
CREATE TABLE "RoleAssignment" (
    "userId" TEXT COLLATE "C" NOT NULL,
    "roleId" TEXT COLLATE "C" NOT NULL,
    "targetKind" TEXT COLLATE "C" NOT NULL,
    "targetId" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "RoleAssignment_pkey" PRIMARY KEY ("userId","roleId","targetKind","targetId")
);

-- CreateTable
CREATE TABLE "IdentityToken" (
    "idHash" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "scopeKind" TEXT COLLATE "C" NOT NULL,
    "scopeId" TEXT COLLATE "C",
    "methods" TEXT COLLATE "C" NOT NULL,
    "auditId" TEXT COLLATE "C" NOT NULL,
    "parentAuditId" TEXT COLLATE "C",
    "applicationCredentialId" TEXT COLLATE "C",
    "issuedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "IdentityToken_pkey" PRIMARY KEY ("idHash")
);

-- CreateTable
CREATE TABLE "ApplicationCredential" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "projectId" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "secretHash" TEXT COLLATE "C" NOT NULL,
    "roleIds" JSONB NOT NULL,
    "isUnrestricted" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3),

    CONSTRAINT "ApplicationCredential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Region" (
    "id" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "parentRegionId" TEXT COLLATE "C",

    CONSTRAINT "Region_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Service" (
    "id" TEXT COLLATE "C" NOT NULL,
    "type" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "Service_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Endpoint" (
    "id" TEXT COLLATE "C" NOT NULL,
    "serviceId" TEXT COLLATE "C" NOT NULL,
    "interface" TEXT COLLATE "C" NOT NULL,
    "regionId" TEXT COLLATE "C",
    "url" TEXT COLLATE "C" NOT NULL,
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "Endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DashboardSession" (
    "idHash" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "userName" TEXT COLLATE "C" NOT NULL,
    "secretEncrypted" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "DashboardSession_pkey" PRIMARY KEY ("idHash")
);

-- CreateTable
CREATE TABLE "Setting" (
    "name" TEXT COLLATE "C" NOT NULL,
    "value" TEXT COLLATE "C" NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "Image_isDeleted_createdAt_id_idx" ON "Image"("isDeleted", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_ownerId_createdAt_id_idx" ON "Image"("isDeleted", "ownerId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_visibility_createdAt_id_idx" ON "Image"("isDeleted", "visibility", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_name_createdAt_id_idx" ON "Image"("isDeleted", "name" NULLS FIRST, "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_ownerId_name_createdAt_id_idx" ON "Image"("isDeleted", "ownerId", "name" NULLS FIRST, "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_visibility_name_createdAt_id_idx" ON "Image"("isDeleted", "visibility", "name" NULLS FIRST, "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_updatedAt_id_idx" ON "Image"("isDeleted", "updatedAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_status_idx" ON "Image"("isDeleted", "status");

-- CreateIndex
CREATE INDEX "Image_isDeleted_sizeBytes_createdAt_id_idx" ON "Image"("isDeleted", "sizeBytes" NULLS FIRST, "createdAt", "id");

-- CreateIndex
CREATE INDEX "ImageProperty_name_valuePrefix_imageId_idx" ON "ImageProperty"("name", "valuePrefix", "imageId");

-- CreateIndex
CREATE INDEX "ImageTag_value_imageId_idx" ON "ImageTag"("value", "imageId");

-- CreateIndex
CREATE INDEX "ImageMember_memberId_status_imageId_idx" ON "ImageMember"("memberId", "status", "imageId");

-- CreateIndex
CREATE INDEX "ImageLocation_imageId_idx" ON "ImageLocation"("imageId");

-- CreateIndex
CREATE INDEX "ImageLocation_state_idx" ON "ImageLocation"("state");

-- CreateIndex
CREATE INDEX "ImageLocation_storeId_idx" ON "ImageLocation"("storeId");

-- CreateIndex
CREATE INDEX "Lease_imageId_idx" ON "Lease"("imageId");

-- CreateIndex
CREATE INDEX "Lease_expiresAt_idx" ON "Lease"("expiresAt");

-- CreateIndex
CREATE INDEX "Lease_nodeId_idx" ON "Lease"("nodeId");

-- CreateIndex
CREATE UNIQUE INDEX "Domain_name_key" ON "Domain"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Project_domainId_name_key" ON "Project"("domainId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "User_domainId_name_key" ON "User"("domainId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Role_name_key" ON "Role"("name");

-- CreateIndex
CREATE INDEX "RoleAssignment_targetKind_targetId_idx" ON "RoleAssignment"("targetKind", "targetId");

-- CreateIndex
CREATE INDEX "IdentityToken_expiresAt_idx" ON "IdentityToken"("expiresAt");

-- CreateIndex
CREATE INDEX "IdentityToken_userId_idx" ON "IdentityToken"("userId");

-- CreateIndex
CREATE INDEX "IdentityToken_applicationCredentialId_idx" ON "IdentityToken"("applicationCredentialId");

-- CreateIndex
CREATE UNIQUE INDEX "ApplicationCredential_userId_name_key" ON "ApplicationCredential"("userId", "name");

-- CreateIndex
CREATE INDEX "Endpoint_serviceId_idx" ON "Endpoint"("serviceId");

-- CreateIndex
CREATE INDEX "DashboardSession_expiresAt_idx" ON "DashboardSession"("expiresAt");

-- CreateIndex
CREATE INDEX "DashboardSession_userId_idx" ON "DashboardSession"("userId");

-- AddForeignKey
ALTER TABLE "ImageProperty" ADD CONSTRAINT "ImageProperty_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageTag" ADD CONSTRAINT "ImageTag_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageMember" ADD CONSTRAINT "ImageMember_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageLocation" ADD CONSTRAINT "ImageLocation_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Lease" ADD CONSTRAINT "Lease_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Project" ADD CONSTRAINT "Project_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoleImplication" ADD CONSTRAINT "RoleImplication_priorRoleId_fkey" FOREIGN KEY ("priorRoleId") REFERENCES "Role"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoleImplication" ADD CONSTRAINT "RoleImplication_impliedRoleId_fkey" FOREIGN KEY ("impliedRoleId") REFERENCES "Role"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoleAssignment" ADD CONSTRAINT "RoleAssignment_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoleAssignment" ADD CONSTRAINT "RoleAssignment_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IdentityToken" ADD CONSTRAINT "IdentityToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApplicationCredential" ADD CONSTRAINT "ApplicationCredential_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApplicationCredential" ADD CONSTRAINT "ApplicationCredential_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Endpoint" ADD CONSTRAINT "Endpoint_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service"("id") ON DELETE CASCADE ON UPDATE CASCADE;

