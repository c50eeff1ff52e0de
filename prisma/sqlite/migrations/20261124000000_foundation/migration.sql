-- CreateTable
CREATE TABLE "Image" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT,
    "status" TEXT NOT NULL,
    "visibility" TEXT NOT NULL,
    "ownerId" TEXT,
    "diskFormat" TEXT,
    "containerFormat" TEXT,
    "sizeBytes" BIGINT,
    "virtualSizeBytes" BIGINT,
    "checksum" TEXT,
    "hashAlgorithm" TEXT,
    "hashValue" TEXT,
    "minRamMib" INTEGER NOT NULL DEFAULT 0,
    "minDiskGib" INTEGER NOT NULL DEFAULT 0,
    "isProtected" BOOLEAN NOT NULL DEFAULT false,
    "isHidden" BOOLEAN NOT NULL DEFAULT false,
    "isDeleted" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "deletedAt" DATETIME,
    "revision" INTEGER NOT NULL DEFAULT 0
);

-- CreateTable
CREATE TABLE "ImageProperty" (
    "imageId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "valuePrefix" TEXT NOT NULL,

    PRIMARY KEY ("imageId", "name"),
    CONSTRAINT "ImageProperty_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ImageTag" (
    "imageId" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "position" INTEGER NOT NULL,

    PRIMARY KEY ("imageId", "value"),
    CONSTRAINT "ImageTag_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ImageMember" (
    "imageId" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,

    PRIMARY KEY ("imageId", "memberId"),
    CONSTRAINT "ImageMember_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ImageLocation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "imageId" TEXT NOT NULL,
    "storeId" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "metadata" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "ImageLocation_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Lease" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "imageId" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "storeId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "bootId" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "Lease_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Domain" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "isEnabled" BOOLEAN NOT NULL DEFAULT true
);

-- CreateTable
CREATE TABLE "Project" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT "Project_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "passwordHash" TEXT,
    "email" TEXT,
    "description" TEXT NOT NULL DEFAULT '',
    "defaultProjectId" TEXT,
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    "mustChange" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "User_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Role" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT ''
);

-- CreateTable
CREATE TABLE "RoleImplication" (
    "priorRoleId" TEXT NOT NULL,
    "impliedRoleId" TEXT NOT NULL,

    PRIMARY KEY ("priorRoleId", "impliedRoleId"),
    CONSTRAINT "RoleImplication_priorRoleId_fkey" FOREIGN KEY ("priorRoleId") REFERENCES "Role" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "RoleImplication_impliedRoleId_fkey" FOREIGN KEY ("impliedRoleId") REFERENCES "Role" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "RoleAssignment" (
    "userId" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "targetKind" TEXT NOT NULL,
    "targetId" TEXT NOT NULL,

    PRIMARY KEY ("userId", "roleId", "targetKind", "targetId"),
    CONSTRAINT "RoleAssignment_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "RoleAssignment_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "IdentityToken" (
    "idHash" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "scopeKind" TEXT NOT NULL,
    "scopeId" TEXT,
    "methods" TEXT NOT NULL,
    "auditId" TEXT NOT NULL,
    "parentAuditId" TEXT,
    "applicationCredentialId" TEXT,
    "issuedAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "IdentityToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ApplicationCredential" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "secretHash" TEXT NOT NULL,
    "roleIds" JSONB NOT NULL,
    "isUnrestricted" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME,
    CONSTRAINT "ApplicationCredential_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "ApplicationCredential_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Region" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "description" TEXT NOT NULL DEFAULT '',
    "parentRegionId" TEXT
);

-- CreateTable
CREATE TABLE "Service" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "isEnabled" BOOLEAN NOT NULL DEFAULT true
);

-- CreateTable
CREATE TABLE "Endpoint" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "serviceId" TEXT NOT NULL,
    "interface" TEXT NOT NULL,
    "regionId" TEXT,
    "url" TEXT NOT NULL,
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT "Endpoint_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "DashboardSession" (
    "idHash" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "userName" TEXT NOT NULL,
    "secretEncrypted" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Setting" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "Image_isDeleted_createdAt_id_idx" ON "Image"("isDeleted", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_ownerId_createdAt_id_idx" ON "Image"("isDeleted", "ownerId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_visibility_createdAt_id_idx" ON "Image"("isDeleted", "visibility", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_name_createdAt_id_idx" ON "Image"("isDeleted", "name", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_ownerId_name_createdAt_id_idx" ON "Image"("isDeleted", "ownerId", "name", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_visibility_name_createdAt_id_idx" ON "Image"("isDeleted", "visibility", "name", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_updatedAt_id_idx" ON "Image"("isDeleted", "updatedAt", "id");

-- CreateIndex
CREATE INDEX "Image_isDeleted_status_idx" ON "Image"("isDeleted", "status");

-- CreateIndex
CREATE INDEX "Image_isDeleted_sizeBytes_createdAt_id_idx" ON "Image"("isDeleted", "sizeBytes", "createdAt", "id");

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

